"""Every address of the product. Each app brings its own list; this file only says where it hangs."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
