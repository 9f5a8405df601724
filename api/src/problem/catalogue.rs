//! The catalogue of problem codes: one line a code. Codes are added, never renamed.

use actix_web::http::StatusCode;

use super::Language;

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $word:literal $status:ident ($zh:literal, $en:literal, $zh_advice:literal, $en_advice:literal)),+ $(,)?) => {
        /// The kind of a problem, for programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $code),+ }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$code),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $word),+ }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Self::$code => StatusCode::$status),+ }
            }

            /// The title in Chinese and in English.
            pub const fn titles(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($zh, $en)),+ }
            }

            /// What a client should do, in Chinese and in English.
            pub const fn advice(self) -> (&'static str, &'static str) {
                match self { $(Self::$code => ($zh_advice, $en_advice)),+ }
            }
        }
    };
}

impl Code {
    pub const fn title(self, language: Language) -> &'static str {
        match language {
            Language::Chinese => self.titles().0,
            Language::English => self.titles().1,
        }
    }

    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

codes! {
    // every operation
    MalformedBody "malformed_body" BAD_REQUEST ("请求体格式错误", "Malformed body", "请求体必须是合法的 JSON。", "Send a well-formed JSON body."),
    MalformedParameter "malformed_parameter" BAD_REQUEST ("参数格式错误", "Malformed parameter", "请检查路径、查询参数和请求头。", "Check the path, the query and the headers."),
    MalformedCursor "malformed_cursor" BAD_REQUEST ("游标无效", "Malformed cursor", "请使用上一页返回的 next_cursor,并保持其他参数不变。", "Use the next_cursor of the page before, with the same other parameters."),
    InvalidBody "invalid_body" UNPROCESSABLE_ENTITY ("请求内容不合要求", "Invalid body", "请按 errors 中的提示修改。", "Mend what `errors` points at."),
    Unauthenticated "unauthenticated" UNAUTHORIZED ("未登录或登录已过期", "Not signed in", "请重新获取访问令牌。", "Get a new access token."),
    Forbidden "forbidden" FORBIDDEN ("没有权限", "Not permitted", "该操作需要相应的授权,请联系管理员。", "The operation needs a grant that you don't hold."),
    OutOfScope "out_of_scope" FORBIDDEN ("超出授权范围", "Out of scope", "您的授权不包括这一阵地、队伍或商户。", "Your grants don't reach this venue, team or partner."),
    VolunteerRequired "volunteer_required" FORBIDDEN ("需要志愿者身份", "A volunteer profile is required", "请先注册成为志愿者。", "Apply as a volunteer first."),
    NotFound "not_found" NOT_FOUND ("找不到", "Not found", "资源不存在,或您无权查看。", "It does not exist, or it is not yours to see."),
    UnknownPath "unknown_path" NOT_FOUND ("没有这个地址", "Unknown path", "请对照接口文档检查地址。", "Check the path against the published spec."),
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED ("方法不允许", "Method not allowed", "请使用 Allow 头列出的方法。", "Use a method that the Allow header lists."),
    AlreadyExists "already_exists" CONFLICT ("已存在", "Already exists", "相同的记录已经存在。", "The same thing exists already."),
    IdempotencyKeyInFlight "idempotency_key_in_flight" CONFLICT ("相同请求正在处理", "The key is in flight", "请稍后用同一个键重试。", "Try again with the same key in a moment."),
    IdempotencyKeyReused "idempotency_key_reused" UNPROCESSABLE_ENTITY ("幂等键被用于不同请求", "The key was used for another request", "每个新请求请使用新的键。", "Use a new key for a new request."),
    StaleVersion "stale_version" PRECONDITION_FAILED ("版本已过期", "Stale version", "请重新读取后再修改。", "Read it again and apply your change to what you read."),
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE ("请求体过大", "Body too large", "请缩小请求体。", "Send a smaller body."),
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE ("不支持的内容类型", "Unsupported media type", "请使用 application/json。", "Send application/json."),
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS ("请求过于频繁", "Too many requests", "请等待 retry_after_seconds 秒后再试。", "Wait retry_after_seconds, then try again."),
    Internal "internal" INTERNAL_SERVER_ERROR ("服务器内部错误", "Internal error", "请稍后再试;若仍失败,请把 request_id 告诉我们。", "Try again later; if it persists, tell us the request_id."),
    Overloaded "overloaded" SERVICE_UNAVAILABLE ("服务繁忙", "Overloaded", "请等待 retry_after_seconds 秒后用同一个键重试。", "Wait retry_after_seconds, then try again with the same key."),
    DatabaseAway "database_away" SERVICE_UNAVAILABLE ("数据库暂不可用", "The database is away", "请等待 retry_after_seconds 秒后用同一个键重试。", "Wait retry_after_seconds, then try again with the same key."),
    // venues
    WrongParent "wrong_parent" UNPROCESSABLE_ENTITY ("上级阵地不合规", "Wrong parent", "每类阵地只能挂在规定的上级之下。", "A venue of this kind belongs under another kind of parent."),
    ParentClosed "parent_closed" CONFLICT ("上级阵地已关闭", "The parent is closed", "请选择开放的上级阵地。", "Choose a parent that is not closed."),
    VenueCodeTaken "venue_code_taken" CONFLICT ("阵地编码已被使用", "The venue code is taken", "请换一个编码。", "Choose another code."),
    IllegalMove "illegal_move" CONFLICT ("状态不允许此操作", "Illegal move", "当前状态下不能这样操作。", "Its state does not allow this."),
    // identity
    UsernameTaken "username_taken" CONFLICT ("用户名已被使用", "The username is taken", "请换一个用户名。", "Choose another username."),
    PhoneTaken "phone_taken" CONFLICT ("手机号已被使用", "The telephone number is taken", "该手机号已属于另一个账号。", "The number belongs to another account."),
    WrongPassword "wrong_password" CONFLICT ("当前密码错误", "The current password is wrong", "请输入正确的当前密码。", "Give the current password."),
    GrantHeld "grant_held" CONFLICT ("已有该授权", "The role is held already", "该账号在此范围已有这个角色。", "The account holds this role in this scope already."),
    GrantEnded "grant_ended" CONFLICT ("授权已结束", "The grant has ended", "该授权已经收回。", "The grant was ended before."),
    CodeNotSent "code_not_sent" SERVICE_UNAVAILABLE ("验证码未能发送", "The code was not sent", "请稍后再试,或换一种登录方式。", "Try again later, or sign in another way."),
    WechatAway "wechat_away" SERVICE_UNAVAILABLE ("微信暂不可用", "WeChat is away", "请稍后再试,或换一种登录方式。", "Try again later, or sign in another way."),
    // volunteers
    TooYoung "too_young" UNPROCESSABLE_ENTITY ("年龄不足", "Too young", "未达到最低年龄。", "The minimum age is not reached."),
    GuardianConsentRequired "guardian_consent_required" UNPROCESSABLE_ENTITY ("需要监护人同意", "A guardian's consent is required", "请由监护人同意,或请实践站登记监护人同意。", "Name the guardian who consents, or have the station record the consent."),
    ConsentRequired "consent_required" UNPROCESSABLE_ENTITY ("需要同意", "A consent is required", "请先同意个人信息处理规则。", "Give the consent `personal_data`."),
    IdentityNumberRegistered "identity_number_registered" CONFLICT ("证件号码已注册", "The identity number is registered", "该证件号码已有志愿者档案,请登录原账号或联系实践站。", "The person is registered: sign in to that account, or ask the station."),
    AlreadyVolunteer "already_volunteer" CONFLICT ("已是志愿者", "Already a volunteer", "该账号已有志愿者档案。", "The account has a volunteer profile already."),
    RealNameRefused "real_name_refused" UNPROCESSABLE_ENTITY ("实名核验未通过", "The real-name check failed", "姓名与证件号码不一致,请核对。", "Name and identity number don't belong together: check both."),
    RealNameCheckAway "real_name_check_away" SERVICE_UNAVAILABLE ("实名核验暂不可用", "The real-name check is away", "请稍后用同一个键重试。", "Try again later with the same key."),
    OwnReview "own_review" CONFLICT ("不能审核自己", "Nobody reviews their own", "请由其他工作人员处理。", "Have another member of staff do it."),

    // teams
    TeamNotActive "team_not_active" CONFLICT ("队伍未启用", "The team is not active", "请等待队伍获批或恢复。", "Wait until the team is approved or reinstated."),
    VolunteerNotActive "volunteer_not_active" CONFLICT ("志愿者未启用", "The volunteer is not active", "请等待志愿者申请获批,或联系所在实践站。", "Wait until the registration is approved, or ask the home venue."),
    AlreadyMember "already_member" CONFLICT ("已是队员", "Already a member", "该志愿者已申请或已在队中。", "The volunteer has applied or belongs to the team already."),
    NotMember "not_member" CONFLICT ("不是队员", "Not a member", "该志愿者不在队中。", "The volunteer does not belong to the team."),
    NothingToAccept "nothing_to_accept" CONFLICT ("没有待批准的申请", "Nothing to accept", "该志愿者没有待批准的入队申请。", "The volunteer has not asked to join."),
    LeaderStays "leader_stays" CONFLICT ("队长不能直接退出", "The leader stays", "请先更换队长。", "Appoint another leader first."),
    SessionsAhead "sessions_ahead" CONFLICT ("尚有未完成的场次", "Sessions are ahead", "请先完成或取消这些场次。", "Let the sessions end, or cancel them first."),

    // projects

    // activities
    ProjectNotPublished "project_not_published" CONFLICT ("项目未发布", "The project is not published", "请先发布项目。", "Publish the project first."),
    HasSignups "has_signups" CONFLICT ("已有人报名", "Somebody has signed up", "已有人报名的活动不能撤回,请取消活动。", "It cannot be withdrawn any more: cancel it."),
    SessionNotOpen "session_not_open" CONFLICT ("场次不可报名", "The session takes no signups", "活动未发布,或场次已取消、已结束。", "The activity is not published, or the session is cancelled or over."),
    SignupNotOpen "signup_not_open" CONFLICT ("报名未开始", "Signing up has not begun", "请在开放报名后再试。", "Come back when signing up opens."),
    SignupClosed "signup_closed" CONFLICT ("报名已截止", "Signing up has ended", "请选择其他场次。", "Choose another session."),
    AlreadySignedUp "already_signed_up" CONFLICT ("已报名", "Signed up already", "您已报名该场次。", "You have a signup for this session."),
    MinorProtected "minor_protected" UNPROCESSABLE_ENTITY ("未成年人保护", "Minors are protected", "请选择适合未成年人的岗位。", "Choose a position that suits minors."),
    SignupRestricted "signup_restricted" CONFLICT ("报名受限", "Signing up is restricted", "请先完成已报名的场次,或联系实践站。", "Serve the session that you signed up for first, or ask the station."),
    RequirementNotMet "requirement_not_met" UNPROCESSABLE_ENTITY ("不符合岗位要求", "A requirement is not met", "请选择其他岗位。", "Choose another position."),
    SignupOverlap "signup_overlap" CONFLICT ("时间冲突", "Another signup at that time", "您在该时段已有报名。", "You have a confirmed signup at that time."),
    TooLateToCancel "too_late_to_cancel" CONFLICT ("已过取消时限", "Too late to cancel", "开始前 3 小时内请联系队长或工作人员取消。", "In the last three hours the leader or staff cancel for you."),
    OfferEnded "offer_ended" CONFLICT ("候补机会已过期", "The offer has ended", "请等待下一次机会。", "Wait for the next offer."),

    // attendance
    SessionOver "session_over" CONFLICT ("场次已结束", "The session is over", "场次已取消或已关闭。", "It is cancelled or closed."),
    CheckInNotOpen "check_in_not_open" CONFLICT ("签到未开始", "Check-in has not begun", "请在签到开放后再扫码。", "Scan again when check-in opens."),
    CheckInClosed "check_in_closed" CONFLICT ("签到已截止", "Check-in has ended", "请联系队长或工作人员补录。", "Ask the leader or staff to enter it."),
    NotSignedUp "not_signed_up" CONFLICT ("未报名", "Not signed up", "请先报名并确认名额。", "Sign up and get a place first."),
    WrongCode "wrong_code" UNPROCESSABLE_ENTITY ("签到码错误", "The code is wrong", "签到码每 30 秒更换,请重新扫码。", "Codes change every 30 seconds: scan again."),
    TooManyStays "too_many_stays" CONFLICT ("进出次数过多", "Too many stays", "每场最多三次签到签退。", "A session takes at most three check-ins of one person."),
    NotCheckedIn "not_checked_in" CONFLICT ("未签到", "Not checked in", "请先签到。", "Check in first."),
    RecordDisputed "record_disputed" CONFLICT ("记录存在异议", "The record is disputed", "请先答复异议。", "Answer the dispute first."),
    DisputeTooLate "dispute_too_late" CONFLICT ("已过异议期限", "Too late to dispute", "异议应在 30 天内提出。", "Records are disputed within 30 days."),
    MadeUpTooLate "made_up_too_late" CONFLICT ("不在补录期限内", "Not the time to make up hours", "补录应在场次结束后 7 天内提出。", "Hours are made up within 7 days after the session."),
    AlreadyRecorded "already_recorded" CONFLICT ("已有服务记录", "Recorded already", "该志愿者在该场次已有记录。", "The volunteer has a record of this session."),

    // points
    InsufficientPoints "insufficient_points" CONFLICT ("积分不足", "Not enough points", "请先积累积分。", "Earn more points first."),
    AlreadyReversed "already_reversed" CONFLICT ("已经冲正", "Already reversed", "一笔交易只能冲正一次。", "A transaction is reversed once."),
    NotReversible "not_reversible" CONFLICT ("该交易不能冲正", "Not reversible", "兑换请取消或退还,到期不能冲正。", "Cancel or refund a redemption; an expiry stays."),
    AlreadyDecided "already_decided" CONFLICT ("已经处理", "Already decided", "该申请已有结论。", "Somebody decided it before."),
    SecondPersonNeeded "second_person_needed" CONFLICT ("需要另一人审批", "A second person is needed", "申请人不能审批自己的申请,过账人不能独自冲正大额调整。", "Ask another person to approve or to reverse it."),
    OwnPoints "own_points" CONFLICT ("不能调整自己的积分", "Own points", "请由他人调整或冲正。", "Ask another person to adjust or reverse your points."),

    // redemption
    PartnerExists "partner_exists" CONFLICT ("商户已存在", "The partner exists", "该统一社会信用代码已登记。", "Its unified social credit code is taken on already."),
    OfferNotOpen "offer_not_open" CONFLICT ("暂不能兑换", "The offer is not open", "该资源未发布、已暂停或不在有效期内。", "It is not published, paused, or out of its validity."),
    StarLevelNeeded "star_level_needed" CONFLICT ("星级不足", "A higher star level is needed", "请先积累服务时长。", "Serve more verified hours first."),
    OutOfStock "out_of_stock" CONFLICT ("库存不足", "Out of stock", "请减少数量或选择其他资源。", "Take fewer or choose another offer."),
    LimitReached "limit_reached" CONFLICT ("超出个人限额", "The person's limit is reached", "请减少数量,或等待限额恢复。", "Take fewer, or wait until the limit counts anew."),
    VoucherConsumed "voucher_consumed" CONFLICT ("兑换券已核销", "The voucher was consumed", "一张兑换券只能核销一次。", "A voucher is consumed once."),
    VoucherExpired "voucher_expired" CONFLICT ("兑换券已过期", "The voucher has expired", "积分会退回志愿者账户。", "Its points go back to the volunteer."),
    RefundTooLate "refund_too_late" CONFLICT ("超过退还期限", "Too late for a refund", "核销后 7 天内可以退还。", "A refund comes within 7 days of the consumption."),
    MonthNotOver "month_not_over" CONFLICT ("当月尚未结束", "The month is not over", "请在当月结束 10 分钟后确认对账单。", "Confirm it from ten minutes after the month on."),
    StatementMismatch "statement_mismatch" CONFLICT ("对账单与账本不一致", "The statement does not add up", "请联系管理员核对账本后再确认。", "Have the ledger verified before anybody confirms it."),
    AlreadyConfirmed "already_confirmed" CONFLICT ("已经确认", "Confirmed already", "该方已确认此对账单。", "This side has confirmed the statement."),

    // orders
    NotATier "not_a_tier" UNPROCESSABLE_ENTITY ("该阵地不派单", "Not a venue that dispatches", "请选择实践站、所或中心。", "Name a station, an institute or a center."),
    PersonHidden "person_hidden" FORBIDDEN ("不能查看被服务人信息", "The person served is not shown", "仅服务人员在接单后至结单 7 天内可以查看。", "Only whoever serves sees it, from acceptance until 7 days after the end."),
    NoCandidates "no_candidates" CONFLICT ("没有可派的队伍", "There is nobody to ask", "请指定队伍、公开招募或上报。", "Name teams, call openly, or pass it up."),
    TeamNotAsked "team_not_asked" CONFLICT ("未向该队伍派单", "The team is not asked", "该队伍未被派单,或已答复、已过时限。", "It was not asked, has answered, or was too late."),
    CenterDecides "center_decides" CONFLICT ("须由中心决定", "The center decides", "请由中心指派、转办或说明理由后不予受理。", "The center assigns it, transfers it, or declines it with a reason."),
    FormerTeam "former_team" CONFLICT ("重开后须换队伍", "It goes to another team", "请选择其他队伍。", "Choose a team that has not served it."),
    HandedBackBefore "handed_back_before" CONFLICT ("不能再次退单", "Handed back before", "同一队伍只能退单一次,请联系中心。", "A team hands an order back once: ask the center."),
    ReopenedBefore "reopened_before" CONFLICT ("不能再次重开", "Reopened before", "订单只能重开一次,请另提需求。", "An order is reopened once: report the need again."),
    NoTierAbove "no_tier_above" CONFLICT ("已在最高一级", "Nobody stands above", "请由中心处理。", "The center has it."),
    PauseTooLong "pause_too_long" UNPROCESSABLE_ENTITY ("暂停时间过长", "The pause is too long", "每次最多 7 天,合计最多 14 天。", "A pause is at most 7 days, and 14 in all."),
    NoClock "no_clock" CONFLICT ("没有计时", "No clock runs", "该订单已超时,请直接处理。", "It is late already: act on it."),
    NotOnMenu "not_on_menu" CONFLICT ("不在服务菜单上", "Not on the menu", "该项目在此阵地不可点单,请重新查看服务菜单。", "The project is not to be ordered there: read the menu again."),
    OtherCategory "other_category" UNPROCESSABLE_ENTITY ("类别与项目不符", "The project is of another category", "请使用项目的类别。", "Give the project's own category."),
    WrongMerge "wrong_merge" UNPROCESSABLE_ENTITY ("不能并入该订单", "It cannot be merged there", "请选择另一个未结束的订单。", "Name another order that is open."),
    WrongConfirmation "wrong_confirmation" UNPROCESSABLE_ENTITY ("确认码错误", "The confirmation code is wrong", "请向被服务人核对六位确认码。", "Ask the person served for their six digits."),
    OwnService "own_service" CONFLICT ("不能评价自己的服务", "Nobody rates their own service", "请由被服务人或网格员评价。", "The person served, or the grid worker, rates it."),
    NotAppealed "not_appealed" CONFLICT ("没有申诉", "There is no appeal", "该评价没有待处理的申诉。", "No appeal against the rating waits."),
    AppealedBefore "appealed_before" CONFLICT ("已经申诉", "Appealed before", "一次评价只能申诉一次。", "A rating is appealed once."),
    PersonalDataInText "personal_data_in_text" UNPROCESSABLE_ENTITY ("内容含个人信息", "The text has personal data", "请删去姓名、电话和住址。", "Take out names, telephone numbers and addresses."),
    // photos
    NotAPhoto "not_a_photo" UNPROCESSABLE_ENTITY ("不是可用的图片", "Not a photo", "请上传完整的 JPEG、PNG 或 WebP 图片。", "Upload a whole JPEG, PNG or WebP picture."),
    TooManyPhotos "too_many_photos" CONFLICT ("待使用的照片过多", "Too many photos wait", "请先使用已上传的照片;未使用的照片一天后会被删除。", "Attach those that you uploaded; what nothing attached is removed after a day."),
    PhotoStoreAway "photo_store_away" SERVICE_UNAVAILABLE ("照片存储暂不可用", "The store of photos is away", "请等待 retry_after_seconds 秒后用同一个键重试。", "Wait retry_after_seconds, then try again with the same key."),

    // jobs and demo
    ClockOutOfReach "clock_out_of_reach" UNPROCESSABLE_ENTITY ("时钟不能调到该时间", "The clock does not reach", "演示时钟只能向前调,每次不超过 400 天。", "The demo clock moves ahead only, by at most 400 days at once."),
}
