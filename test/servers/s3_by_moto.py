"""moto's S3 server, one request at a time. Its threads look at a condition and store in two steps, so that two writers of one
version can both win, which they cannot on S3."""
import threading
from moto import server

lock = threading.Lock()
answer = server.DomainDispatcherApplication.__call__

def one_at_a_time(self, environ, start_response):
  with lock:
    return answer(self, environ, start_response)

server.DomainDispatcherApplication.__call__ = one_at_a_time
server.main()
