"""Addresses of documents. Everything is named by public ids."""

from django.urls import path

from reimburse.views import documents, editing, evidence, starting

app_name = "reimburse"

LINE = "<uuid:document_id>/lines/<uuid:line_id>"

urlpatterns = [
    path("", documents.show_list, name="list"),
    path("new/", starting.new, name="new"),
    path("new/advance/", starting.new_advance, name="new_advance"),
    path("create/", starting.create, name="create"),
    path("<uuid:document_id>/", documents.show, name="document"),
    path("<uuid:document_id>/withdraw/", documents.withdraw, name="withdraw"),
    path("<uuid:document_id>/delete/", documents.delete, name="delete"),
    # The editor
    path("<uuid:document_id>/edit/", editing.edit, name="edit"),
    path("<uuid:document_id>/save/", editing.save, name="save"),
    path("<uuid:document_id>/submit/", editing.submit, name="submit"),
    path("<uuid:document_id>/lines/", editing.add_line, name="add_line"),
    path(f"{LINE}/remove/", editing.remove_line, name="remove_line"),
    path(f"{LINE}/move/<slug:by>/", editing.move_line, name="move_line"),
    path(f"{LINE}/invoices/<uuid:invoice_id>/remove/", editing.take_invoice_off, name="take_invoice_off"),
    path("<uuid:document_id>/invoices/", editing.add_invoices, name="add_invoices"),
    path("<uuid:document_id>/picker/", evidence.picker, name="picker"),
    path("<uuid:document_id>/upload/", evidence.upload, name="upload"),
    path("<uuid:document_id>/upload/arrive/", evidence.arrive, name="arrive"),
    path(f"{LINE}/evidence/", evidence.pane_evidence, name="pane_evidence"),
    # Files
    path("<uuid:document_id>/attachments/", evidence.attach, name="attach"),
    path("<uuid:document_id>/attachments/<uuid:attachment_id>/", evidence.attachment, name="attachment"),
    path(
        "<uuid:document_id>/attachments/<uuid:attachment_id>/remove/",
        evidence.remove_attachment,
        name="remove_attachment",
    ),
    path("<uuid:document_id>/invoices/<uuid:invoice_id>/preview/", evidence.invoice_preview, name="invoice_preview"),
    path("<uuid:document_id>/invoices/<uuid:invoice_id>/file/", evidence.invoice_file, name="invoice_file"),
]
