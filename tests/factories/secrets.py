"""Twelve and more kinds of things that must never be shown, none of them real."""

from __future__ import annotations

SECRETS = {
    "anthropic-key": "sk-ant-" + "api03-Zk3v9Qm1xTq8",
    "openai-key": "sk-proj-" + "Ab3dEf6hIj9kLm2n",
    "aws-key-id": "AKIA" + "IOSFODNN7EXAMPLE",
    "aws-secret": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY12",
    "github-token": "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a",
    "gitlab-token": "glpat-" + "x1Yz9-abcdEFGH012345",
    "slack-token": "xoxb-" + "123456789012-abcdefGHIJ",
    "google-key": "AIza" + "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY",
    "stripe-key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
    "url-password": "postgresql://admin:hunter2hunter2@db.internal/app",
    "assigned": "password=correct-horse-battery",
    "secret-name": "PROD_DATABASE_PASSWORD",
    "email": "jane.doe@customer-bank.example",
    "platform-token": "dw_00112233aabb_" + "abcdefghijklmnopqrstuvwx",
}
