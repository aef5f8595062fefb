"""The deferred constraint by which every voucher balances."""

from pathlib import Path

from django.db import migrations

UNDO = """
DROP TRIGGER vouchers_voucher_must_balance ON vouchers_voucher;
DROP TRIGGER vouchers_line_must_balance ON vouchers_voucherline;
DROP FUNCTION vouchers_voucher_must_balance();
DROP FUNCTION vouchers_line_must_balance();
DROP FUNCTION vouchers_must_balance(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0002_posted_vouchers_never_change")]

    operations = [
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), reverse_sql=UNDO),
    ]
