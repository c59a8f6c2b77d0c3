//! Rules that everybody begins with.

use shared_kernel::domain::{Locale, Text};

use super::{Action, Rule, Trigger};

/// A rule of the house. Its owner may switch it off, change it or remove it.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Names it in rows.
    pub name: &'static str,
    title: (&'static str, &'static str),
    event: &'static str,
    condition: Option<&'static str>,
    subject: (&'static str, &'static str),
    body: (&'static str, &'static str),
    cooldown_seconds: u32,
}

pub const PRESETS: [Preset; 3] = [
    Preset {
        name: "failed_run",
        title: ("运行失败时发邮件", "Mail when a run fails"),
        event: "execution.finished",
        condition: Some("trigger.event.payload.status in ['failed', 'timed_out']"),
        subject: ("工作流运行失败", "A run of your workflow failed"),
        body: (
            "执行 ${{ trigger.event.payload.execution_id }} 于 ${{ trigger.event.at }} 结束，状态为 ${{ trigger.event.payload.status }}。",
            "Execution ${{ trigger.event.payload.execution_id }} ended at ${{ trigger.event.at }}: ${{ trigger.event.payload.status }}.",
        ),
        cooldown_seconds: 600,
    },
    Preset {
        name: "quota",
        title: ("额度将尽时发邮件", "Mail when a quota runs out"),
        event: "subscription.quota_reached",
        condition: None,
        subject: (
            "额度已使用 ${{ trigger.event.payload.percent }}%",
            "${{ trigger.event.payload.percent }} % of your quota is used",
        ),
        body: (
            "${{ trigger.event.payload.limit }}：已使用 ${{ trigger.event.payload.used }}，共 ${{ trigger.event.payload.allowed }}，于 ${{ trigger.event.payload.resets_at }} 重置。",
            "${{ trigger.event.payload.limit }}: ${{ trigger.event.payload.used }} of ${{ trigger.event.payload.allowed }} used. It begins anew at ${{ trigger.event.payload.resets_at }}.",
        ),
        cooldown_seconds: 0,
    },
    Preset {
        name: "new_device",
        title: ("新设备登录时发邮件", "Mail when a new device signs in"),
        event: "user.signed_in_from_new_device",
        condition: None,
        subject: ("您的账户从新设备登录", "Your account was signed in to from a new device"),
        body: (
            "${{ trigger.event.at }}，有人登录了您的账户。\n\n设备：${{ trigger.event.payload.device == '' ? '未知' : trigger.event.payload.device }}\n地址：${{ trigger.event.payload.address == '' ? '未知' : trigger.event.payload.address }}\n\n如果是您本人，无需处理。如果不是，请立即修改密码，并结束其他会话。",
            "Somebody signed in to your account at ${{ trigger.event.at }}.\n\nDevice: ${{ trigger.event.payload.device == '' ? 'unknown' : trigger.event.payload.device }}\nAddress: ${{ trigger.event.payload.address == '' ? 'unknown' : trigger.event.payload.address }}\n\nIf it was you, there is nothing to do. If not, change your password now and end all other sessions.",
        ),
        cooldown_seconds: 0,
    },
];

impl Preset {
    pub fn rule(&self, locale: Locale) -> Rule {
        let said = |(zh, en): (&'static str, &'static str)| Text::new(zh, en).of(locale).to_owned();
        Rule {
            name: said(self.title),
            enabled: true,
            trigger: Trigger {
                event: self.event.to_owned(),
                condition: self.condition.map(str::to_owned),
                ..Trigger::default()
            },
            cooldown_seconds: self.cooldown_seconds,
            actions: vec![Action::Email { subject: said(self.subject), body: said(self.body) }],
        }
    }
}
