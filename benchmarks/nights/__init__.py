"""Small nights that can be killed, and the bench on which that is tried."""
