"""GET /camera opens the camera for each request; GET /camera/threaded reads the newest frame of one capture."""

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from ninja import NinjaAPI

from article.captures import SharedCapture, open_capture
from article.pictures import parts_of

api = NinjaAPI(docs_url=None, openapi_url=None)
shared = SharedCapture(settings.CAMERA)


def streamed(parts):
    return StreamingHttpResponse(parts, content_type="multipart/x-mixed-replace; boundary=frame")


def camera_off():
    return HttpResponse("camera off", status=400, content_type="text/plain")


def frames_of(capture):
    """Every frame, until the camera ends or the viewer has left."""
    try:
        while True:
            there, frame = capture.read()
            if not there:
                return
            yield frame
    finally:
        capture.release()


@api.get("/camera")
def camera(request):
    capture = open_capture(settings.CAMERA)
    if not capture.isOpened():
        return camera_off()
    return streamed(parts_of(frames_of(capture)))


@api.get("/camera/threaded")
def camera_threaded(request):
    if not shared.open():
        return camera_off()
    return streamed(parts_of(shared.frames()))


@api.get("/healthz")
def healthz(request):
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("", api.urls)]
