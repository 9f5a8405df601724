//! The service menu: which projects residents order from (服务菜单).

use super::{Project, ProjectState};
use crate::{teams::TeamCategory, venues::VenuePath};

/// Why a project is not ordered from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MenuRefusal {
    #[error("the project is not on the menu there")]
    NotOnMenu,
    #[error("a need that is ordered from a project is of its category, `{category}`")]
    OtherCategory { category: TeamCategory },
}

impl Project {
    /// Whether residents can order it now.
    pub fn is_on_menu(&self) -> bool {
        self.plan.orderable && self.state == ProjectState::Published
    }

    /// Whether a need of `category` at `venue` can be ordered from this project, whose owner venue is `home`. A menu holds what the
    /// venue, those above it and those below it offer.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn ordered_at(
        &self,
        home: &VenuePath,
        venue: &VenuePath,
        category: TeamCategory,
    ) -> Result<(), MenuRefusal> {
        if !self.is_on_menu() || !(home.covers(venue) || venue.covers(home)) {
            return Err(MenuRefusal::NotOnMenu);
        }
        if category != self.plan.category {
            return Err(MenuRefusal::OtherCategory { category: self.plan.category });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tests::project, *};

    fn orderable(state: ProjectState) -> Project {
        let mut project = project(state);
        project.plan.orderable = true;
        project
    }

    fn path(text: &str) -> VenuePath {
        VenuePath::stored(text.to_owned())
    }

    #[test]
    fn only_what_is_published_and_orderable_is_on_the_menu() {
        for state in ProjectState::ALL {
            assert_eq!(orderable(*state).is_on_menu(), *state == ProjectState::Published);
            assert!(!project(*state).is_on_menu());
        }
    }

    #[test]
    fn a_project_is_ordered_on_the_way_up_and_down_but_not_beside() {
        let (project, home) = (orderable(ProjectState::Published), path("TZ/TZ-ZC/"));
        let ordered = |venue| project.ordered_at(&home, &path(venue), TeamCategory::HelpAndCare);
        assert_eq!(ordered("TZ/"), Ok(()));
        assert_eq!(ordered("TZ/TZ-ZC/"), Ok(()));
        assert_eq!(ordered("TZ/TZ-ZC/TZ-ZC-ZSY/"), Ok(()));
        assert_eq!(ordered("TZ/TZ-YQ/"), Err(MenuRefusal::NotOnMenu));
    }

    #[test]
    fn a_need_is_of_its_projects_category() {
        let (project, home) = (orderable(ProjectState::Published), path("TZ/"));
        let refusal = MenuRefusal::OtherCategory { category: TeamCategory::HelpAndCare };
        assert_eq!(project.ordered_at(&home, &home, TeamCategory::Law), Err(refusal));
    }
}
