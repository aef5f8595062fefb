"""Invoices drawn by ourselves: invented companies, real forms. For the demo group and for tests; never valid as proof.

    facts = random_invoice(Random(7), Kind.EINVOICE)      # who sold what to whom
    xml.einvoice(facts), pdf.draw(facts), ofd.draw(facts), photo.take(pdf_bytes, Random(7))

Every drawn invoice says 演示 (demo) in its remark.
"""
