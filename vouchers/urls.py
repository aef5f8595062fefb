"""Addresses of vouchers. Everything is named by public ids."""

from django.urls import path

from vouchers.views import desk, exports, listing

app_name = "vouchers"

urlpatterns = [
    path("", listing.show_list, name="list"),
    path("post/", listing.post_several, name="post_several"),
    path("redraft/", listing.redraft_several, name="redraft_several"),
    path("export/", exports.export, name="export"),
    path("exports/", exports.show_exports, name="exports"),
    path("exports/<uuid:export_id>/file/", exports.file, name="export_file"),
    path("draft/<uuid:document_id>/", desk.draft_again, name="draft_again"),
    path("of/<uuid:document_id>/", desk.of_document, name="of_document"),
    path("<uuid:voucher_id>/", desk.show, name="voucher"),
    path("<uuid:voucher_id>/edit/", desk.edit, name="edit"),
    path("<uuid:voucher_id>/post/", desk.post, name="post"),
    path("<uuid:voucher_id>/redraft/", desk.redraft, name="redraft"),
    path("<uuid:voucher_id>/reverse/", desk.reverse, name="reverse"),
    path("<uuid:voucher_id>/vat/<uuid:invoice_id>/", desk.decide_vat, name="decide_vat"),
]
