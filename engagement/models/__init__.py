from engagement.models.users import User

__all__ = ["User"]
