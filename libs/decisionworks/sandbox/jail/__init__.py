"""The inside of the sandbox: a small process that builds the walls, starts the command and ends all of it.

It is started with `python -I -S`, so it uses the standard library alone, and it never runs in our own process.

    worker ── jailer ── [first process of the namespaces] ── command ── its children
                └ watches time, memory, disk and process count; ends everything; tells the worker how it ended
"""
