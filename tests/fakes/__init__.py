"""Stand-ins for the services that homuhomu talks to, run by the system tests."""
