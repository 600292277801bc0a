"""Quantities of labelling, tracking, training, orchestration, registry, delivery and stages."""

from __future__ import annotations

from decisionworks.costs.model import HOURS_PER_MONTH, UsageLine, Workload

GPU_HOURS_PER_RUN = {"gpu_single": 16.0, "gpu_multi": 40.0, "gpu_cluster": 60.0}


def _line(price: str, quantity: float, share: str | None = None) -> UsageLine:
    return UsageLine(price=price, quantity=quantity, share=share)


def _runs(w: Workload) -> float:
    """Scheduled runs and the experiments between them; a daily schedule leaves no room for full experiments."""
    return w.training_runs_month if w.training_runs_month >= 30 else w.training_runs_month + w.experiments_month


def _gpu_hours(w: Workload) -> float:
    per_run = GPU_HOURS_PER_RUN.get(w.training_compute, 20.0)
    if w.team_size <= 2:
        per_run /= 5
    return per_run * _runs(w) if w.training_runs_month < 30 else min(730.0, w.training_runs_month)


def size_labelling(_: Workload) -> list[UsageLine]:
    """One vCPU for the tool and a small database, always on."""
    return [
        _line("fargate.x86.vcpu_hour", HOURS_PER_MONTH),
        _line("rds.pg.t4g.small.hour", HOURS_PER_MONTH),
        _line("sqs.standard.million", 0.1),
    ]


def size_mlflow(_: Workload) -> list[UsageLine]:
    """One gigabyte of what runs leave in the bucket; the serverless application is free of charge within its limits."""
    return [_line("s3.standard.gb_month", 1)]


def size_train_cpu(w: Workload) -> list[UsageLine]:
    """Half an hour a run on 8 vCPU when small; a large run is 5 + GB/100 hours, 2 when started daily or more often."""
    if w.training_compute != "cpu_large":
        return [_line("sagemaker.ml.m5.2xlarge.hour", 0.5 * _runs(w))]
    per_run = 5 + min(w.history_gb, 8000.0) / 100
    hours = per_run * _runs(w) if w.training_runs_month < 30 else 2 * w.training_runs_month
    return [_line("sagemaker.ml.m5.2xlarge.hour", hours)]


def size_train_gpu(w: Workload) -> list[UsageLine]:
    """16, 40 or 60 hours a run by the stated size; a fifth of that for one or two people, who tune small models."""
    return [_line("sagemaker.ml.g5.2xlarge.hour", _gpu_hours(w))]


def size_train_spot(w: Workload) -> list[UsageLine]:
    """The same hours at 35 percent of the on-demand price, the usual price of spare capacity."""
    return [_line("ec2.g5.2xlarge.hour", 0.35 * _gpu_hours(w))]


def size_train_distributed(w: Workload) -> list[UsageLine]:
    """Two 8-GPU nodes, 33 hours a run."""
    return [
        _line("sagemaker.ml.p4d.24xlarge.hour", 2 * 33 * _runs(w)),
        _line("ec2.p5.48xlarge.hour", 0),
    ]


def size_stepfunctions(w: Workload) -> list[UsageLine]:
    """Forty transitions a run of the data, training and scoring flows."""
    runs = w.data_runs_month + w.training_runs_month + w.batch_runs_month
    return [_line("stepfunctions.standard.thousand", 40 * runs / 1000)]


def size_sagemaker_pipelines(w: Workload) -> list[UsageLine]:
    """Two hours of steps beside training for each run."""
    return [_line("sagemaker.ml.m5.xlarge.hour", 2 * min(100.0, _runs(w) + w.data_runs_month / 10))]


def size_mwaa(_: Workload) -> list[UsageLine]:
    """The small environment, always on."""
    return [_line("mwaa.small.hour", HOURS_PER_MONTH)]


def size_ci_cron(w: Workload) -> list[UsageLine]:
    """Ten build minutes a run."""
    return [_line("codebuild.small.minute", 10 * min(60.0, w.data_runs_month + w.training_runs_month))]


def size_registry(w: Workload) -> list[UsageLine]:
    """Thirty versions of each model are kept."""
    return [_line("s3.standard.gb_month", max(5.0, 30 * w.model_gb * min(w.tenants, 500)))]


def size_manifest(_: Workload) -> list[UsageLine]:
    """One gigabyte of artefacts."""
    return [_line("s3.standard.gb_month", 1)]


def size_cicd(w: Workload) -> list[UsageLine]:
    """A hundred build minutes and two gigabytes of images per person, for up to ten people."""
    people = min(10, max(1, w.team_size))
    return [
        _line("ecr.storage.gb_month", 3 + 2 * people),
        _line("codebuild.small.minute", 100 * people),
    ]


def size_retrain_trigger(_: Workload) -> list[UsageLine]:
    """Ten thousand events."""
    return [_line("eventbridge.custom.million", 0.01)]


def size_progressive(_: Workload) -> list[UsageLine]:
    """Six guard alarms."""
    return [_line("cloudwatch.alarm.month", 6)]


def size_multi_account(w: Workload) -> list[UsageLine]:
    """A million audited data events per person."""
    return [_line("cloudtrail.data.100k", 10 * min(10, w.team_size))]


LIFECYCLE_SIZERS = {
    "label-annotation-review": ("labelling_feedback", size_labelling),
    "track-mlflow": ("tracking", size_mlflow),
    "train-cpu-job": ("training", size_train_cpu),
    "train-gpu-job": ("training", size_train_gpu),
    "train-spot-checkpointed": ("training", size_train_spot),
    "train-distributed-gpu": ("training", size_train_distributed),
    "orch-stepfunctions": ("orchestration", size_stepfunctions),
    "orch-sagemaker-pipelines": ("orchestration", size_sagemaker_pipelines),
    "orch-airflow-mwaa": ("orchestration", size_mwaa),
    "orch-ci-cron": ("orchestration", size_ci_cron),
    "registry-model": ("registry", size_registry),
    "registry-s3-manifest": ("registry", size_manifest),
    "cicd-github-terraform": ("cicd", size_cicd),
    "ct-retrain-trigger": ("continuous_training", size_retrain_trigger),
    "deploy-progressive": ("progressive_delivery", size_progressive),
    "env-multi-account": ("environments", size_multi_account),
}
