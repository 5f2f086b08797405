"""The closed lists that the demo's activities choose from, as its pages show them."""

THEMES: tuple[str, ...] = (
    "Alimentation et agriculture",
    "Astronomie et espace",
    "Chimie et matériaux",
    "Eau et énergie",
    "Histoire et patrimoine industriel",
    "Mathématiques",
    "Montagne et neige",
    "Numérique et microélectronique",
    "Physique et matière",
    "Sciences humaines et société",
    "Terre et environnement",
    "Vivant et santé",
)

FORMATS: tuple[str, ...] = (
    "Atelier",
    "Balade",
    "Conférence",
    "Exposition",
    "Jeu",
    "Projection",
    "Rencontre",
    "Spectacle",
    "Stand",
    "Visite",
)
