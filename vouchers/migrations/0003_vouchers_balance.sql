-- Every voucher balances when its transaction ends: debits equal credits, and the total kept on it is their sum.
-- A posted one has at least two lines, each with an account.

CREATE FUNCTION vouchers_must_balance(checked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    voucher record;
    sums record;
BEGIN
    SELECT word, number, status, total INTO voucher FROM vouchers_voucher WHERE id = checked;
    IF NOT FOUND THEN
        RETURN;  -- a draft that was erased with its lines
    END IF;
    SELECT count(*) AS lines, coalesce(sum(debit), 0) AS debit, coalesce(sum(credit), 0) AS credit,
           count(*) FILTER (WHERE account_id IS NULL) AS without_account
      INTO sums FROM vouchers_voucherline WHERE voucher_id = checked;
    IF sums.debit <> sums.credit OR sums.debit <> voucher.total THEN
        RAISE EXCEPTION 'voucher % does not balance: debit %, credit %, total %', checked, sums.debit, sums.credit, voucher.total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_balances';
    END IF;
    IF voucher.status <> 'draft' AND (sums.lines < 2 OR sums.without_account > 0) THEN
        RAISE EXCEPTION 'voucher %-% is posted with % lines, % of them without an account',
                        voucher.word, voucher.number, sums.lines, sums.without_account
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_complete';
    END IF;
END $$;

CREATE FUNCTION vouchers_line_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM vouchers_must_balance(OLD.voucher_id);
    END IF;
    IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW.voucher_id <> OLD.voucher_id) THEN
        PERFORM vouchers_must_balance(NEW.voucher_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER vouchers_line_must_balance AFTER INSERT OR UPDATE OR DELETE ON vouchers_voucherline
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vouchers_line_must_balance();

CREATE FUNCTION vouchers_voucher_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM vouchers_must_balance(NEW.id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER vouchers_voucher_must_balance AFTER INSERT OR UPDATE OF status, total ON vouchers_voucher
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vouchers_voucher_must_balance();
