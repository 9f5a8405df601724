//! Teams of volunteers and their members.

vocabulary! {
    /// What a team serves with: the eight kinds of volunteer team that every district forms.
    pub enum TeamCategory {
        Theory = "theory",
        CultureArts = "culture_arts",
        Education = "education",
        MedicalFitness = "medical_fitness",
        Science = "science",
        Law = "law",
        HygieneEnvironment = "hygiene_environment",
        HelpAndCare = "help_and_care",
    }
}
