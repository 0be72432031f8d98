"""An RTSP server that is not ours: GStreamer's, which exists only behind its language bindings.

Serves each recording given as PATH=FILE in a loop at live pace, on 127.0.0.1. Prints `ready <port>`.
Needs Debian's gstreamer1.0-rtsp, gir1.2-gst-rtsp-server-1.0, python3-gi and gstreamer1.0-plugins-{good,bad,ugly}.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

Gst.init(None)
port, *mounts = sys.argv[1:]
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
for mount in mounts:
    path, recording = mount.split("=", 1)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( filesrc location={recording} ! matroskademux name=d "
        "d. ! queue ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 "
        "d. ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 )"
    )
    factory.set_shared(True)
    server.get_mount_points().add_factory(path, factory)
if server.attach(None) == 0:
    sys.exit(f"port {port} is taken")
print("ready", server.get_bound_port(), flush=True)
GLib.MainLoop().run()
