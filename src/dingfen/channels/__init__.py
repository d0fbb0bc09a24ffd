"""Every way by which a customer's message comes in and an answer goes out: one folder a channel.

What comes in is first kept (`taking`), then handed to a room through `port`; what goes out is queued in the
transaction that causes it and sent by the worker (`sending`). A room imports this; this imports no room.
"""
