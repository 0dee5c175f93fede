"""The article's service, a peer of `compare`: a camera by Django, django-ninja and OpenCV, in two ways."""
