"""WeChat Pay (微信支付), API v3: payments, refunds, bills, and its notices."""
