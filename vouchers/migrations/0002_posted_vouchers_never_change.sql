-- Posted vouchers never change, whoever asks and by whatever road; a mistake is mended by a reversal.

CREATE FUNCTION vouchers_keep_posted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- What may still happen to a posted voucher: it is reversed once, and exported for the first time.
    free CONSTANT text[] := ARRAY['status', 'version', 'exported_at'];
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'voucher %-% is posted and cannot be deleted; reverse it', OLD.word, OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_kept';
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
       OR NOT (NEW.status = OLD.status OR (OLD.status = 'posted' AND NEW.status = 'reversed'))
       OR (OLD.exported_at IS NOT NULL AND NEW.exported_at IS DISTINCT FROM OLD.exported_at) THEN
        RAISE EXCEPTION 'voucher %-% is posted and cannot be changed; reverse it', OLD.word, OLD.number
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER vouchers_keep_posted BEFORE UPDATE OR DELETE ON vouchers_voucher
    FOR EACH ROW EXECUTE FUNCTION vouchers_keep_posted();

-- Lines and VAT decisions of a posted voucher: none is added, changed or taken away.
CREATE FUNCTION vouchers_keep_posted_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM vouchers_voucher v WHERE v.id = OLD.voucher_id AND v.status <> 'draft'))
       OR (TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM vouchers_voucher v WHERE v.id = NEW.voucher_id AND v.status <> 'draft'))
    THEN
        RAISE EXCEPTION 'the rows of a posted voucher cannot be changed (% on %); reverse the voucher', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_rows_kept';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER vouchers_keep_posted_rows BEFORE INSERT OR UPDATE OR DELETE ON vouchers_voucherline
    FOR EACH ROW EXECUTE FUNCTION vouchers_keep_posted_rows();
CREATE TRIGGER vouchers_keep_posted_rows BEFORE INSERT OR UPDATE OR DELETE ON vouchers_vatdecision
    FOR EACH ROW EXECUTE FUNCTION vouchers_keep_posted_rows();
