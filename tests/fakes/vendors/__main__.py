"""`python -m tests.fakes.vendors`: serves on a free port and prints it."""

import sys

from tests.fakes.vendors.server import Server, Vendors

server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Vendors)
print(server.server_address[1], flush=True)
server.serve_forever()
