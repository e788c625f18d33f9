"""Short messages by 阿里云短信服务 (Alibaba Cloud SMS), over signed HTTP."""
