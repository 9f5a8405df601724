//! What can be done with partners.

use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::{PartnerId, VenueId},
    redemption::{CreditCode, Partner, PartnerKind},
    venues::VenuePath,
};
use shijian_persistence::{Transaction, redemption};

use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
    venues,
};

/// What a new partner tells of itself.
#[derive(Debug, Clone)]
pub struct NewPartner {
    pub name: String,
    pub kind: PartnerKind,
    pub unified_social_credit_code: Option<String>,
    /// The venue whose managers look after it.
    pub venue_id: VenueId,
    pub address: Option<String>,
    pub contact: Option<String>,
}

pub fn existing(tx: &mut Transaction<'_>, id: PartnerId) -> Answer<Partner> {
    redemption::partner(tx, id)?.ok_or_else(|| Problem::not_found("partner"))
}

/// The path of the venue that looks after the partner.
pub fn path(tx: &mut Transaction<'_>, id: PartnerId) -> Answer<VenuePath> {
    redemption::path_of_partner(tx, id)?.ok_or_else(|| Problem::not_found("partner"))
}

/// Takes a partner on.
pub fn create_partner(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: &NewPartner,
) -> Answer<Partner> {
    let venue =
        venues::actions::existing(tx, new.venue_id).map_err(|problem| problem.at("/venue_id"))?;
    act.caller.authorise(Permission::PartnerManage, Target::venue(&venue.path))?;
    let code = new.unified_social_credit_code.as_deref().map(CreditCode::parse).transpose();
    let partner = Partner {
        id: act.id(),
        name: new.name.clone(),
        kind: new.kind,
        unified_social_credit_code: code.map_err(|_| {
            Problem::new(Code::InvalidBody)
                .say(
                    "统一社会信用代码的格式或校验位不对(GB 32100-2015)。",
                    "It is not a unified social credit code (GB 32100-2015).",
                )
                .at("/unified_social_credit_code")
        })?,
        venue_id: venue.id,
        address: new.address.clone(),
        contact: new.contact.clone(),
        version: 1,
        created_at: act.now,
    };
    redemption::insert_partner(tx, &partner).map_err(|fault| {
        if fault.is_duplicate() {
            Problem::new(Code::PartnerExists).at("/unified_social_credit_code")
        } else {
            fault.into()
        }
    })?;
    let subject = Subject::new("partner", partner.id.0);
    let told = json!({"kind": partner.kind, "venue_id": partner.venue_id});
    act.audit(tx, "createPartner", subject, None, Some(told.clone()))?;
    act.publish(tx, "partner.created", subject, &told)?;
    Ok(partner)
}
