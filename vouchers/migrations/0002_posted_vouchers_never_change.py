"""Triggers that refuse any change of a posted voucher and its rows."""

from pathlib import Path

from django.db import migrations

UNDO = """
DROP TRIGGER vouchers_keep_posted_rows ON vouchers_vatdecision;
DROP TRIGGER vouchers_keep_posted_rows ON vouchers_voucherline;
DROP TRIGGER vouchers_keep_posted ON vouchers_voucher;
DROP FUNCTION vouchers_keep_posted_rows();
DROP FUNCTION vouchers_keep_posted();
"""


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0001_initial")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=UNDO),
    ]
