"""What all unit tests share."""

import asyncio

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("patient")
asyncio.set_event_loop(asyncio.new_event_loop())  # an Output needs one, and Python 3.14 makes none by itself
