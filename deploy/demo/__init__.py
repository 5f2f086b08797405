"""The demo edition: *Fête de la science, Isère*, written by the project."""

from deploy.demo.programme import demo_programme

__all__ = ["demo_programme"]
