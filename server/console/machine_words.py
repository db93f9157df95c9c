"""The words of the operations page: what each job and part is called, and what to do when it is not green."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Pair

JOBS: Mapping[str, Pair] = {
    "last contacts": ("上次联系", "Last contacts"),
    "how jobs went": ("任务运行记录", "How jobs went"),
    "how processes stand": ("进程状况", "How processes stand"),
    "high water mark": ("高水位标记", "High-water mark"),
    "signed log heads": ("日志签名", "Signed log heads"),
    "work that waited for a grant": ("等授权的变更", "Work that waited for a grant"),
    "items whose day has come": ("到期生效的事项", "Items whose day has come"),
    "leases that are over": ("到期的领取", "Leases that are over"),
    "claims of a changed base item": ("基本目录变动的认领", "Claims of a changed base item"),
    "the day's progress of rounds": ("批次进度快照", "The day's progress of rounds"),
    "facts of new filings": ("新办件的事实", "Facts of new filings"),
    "lights": ("红黄灯", "Lights"),
    "what did not come in time": ("逾期未到的", "What did not come in time"),
    "corrections that never came": ("逾期未补正的", "Corrections that never came"),
    "licences past their last day": ("过期的证照", "Licences past their last day"),
    "broken promises that stood their year": ("满一年的失信记录", "Broken promises that stood their year"),
    "reviews and samples": ("审查与抽样", "Reviews and samples"),
    "parcels": ("邮件跟踪", "Parcels"),
    "what the province is told": ("上报省平台", "What the province is told"),
    "what was kept long enough": ("到期删除", "What was kept long enough"),
    "bulletins that are due": ("到期的通报", "Bulletins that are due"),
    "a backup when it is due": ("备份", "Backups"),
    "durable marks": ("持久标记", "Durable marks"),
    "spent tickets and codes": ("清理票据和激活码", "Spent tickets and codes"),
    "orphaned files": ("清理无主文件", "Orphaned files"),
}
WHAT_TO_DO: Mapping[str, Pair] = {
    "database": (
        "数据库写不进去：看磁盘和日志，重启服务；不行就用备份恢复（bangban restore）。",
        "It cannot be written: look at the disk and the log, restart; else restore a backup (bangban restore).",
    ),
    "backup": (
        "没有近期核验过的异地备份：检查第二备份位置能否写入，运行 bangban backup，看它说什么。",
        "No recent verified backup at a second place: see that it can be written, and run bangban backup.",
    ),
    "schedule": (
        "有任务失败或没有按时运行：按任务名查日志 job_failed；没有进程在跑时重启服务。",
        "A job fails or does not come: look for job_failed in the log by its name; restart where no process runs it.",
    ),
    "disk": (
        "磁盘快满了：先腾空间（旧备份、日志），写满后服务会停止接收。",
        "The disk is nearly full: make room (old backups, logs); the centre stops taking work when it is.",
    ),
}


def size_words(count: int) -> str:
    """Bytes in the unit that leaves one to three figures before the point."""
    value, units = float(count), ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{value:.0f} {units[0]}" if units[0] == "B" else f"{value:.1f} {units[0]}"


def span_words(milliseconds: int, english: bool) -> str:
    """How long something took, or how often it is due."""
    seconds = milliseconds / 1000
    if seconds < 1:
        return f"{milliseconds} ms" if english else f"{milliseconds} 毫秒"
    if seconds < 120:
        return f"{seconds:.0f} s" if english else f"{seconds:.0f} 秒"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min" if english else f"{seconds / 60:.0f} 分钟"
    return f"{seconds / 3_600:.0f} h" if english else f"{seconds / 3_600:.0f} 小时"
