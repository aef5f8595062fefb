"""Pages of vouchers: the list with one voucher beside it, and the exports."""
