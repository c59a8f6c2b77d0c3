# The platform on ECS with Fargate: API tasks behind a load balancer, workers, and a task for the schema.
# PostgreSQL, Redis, the bucket and the network are yours.

locals {
  tags = merge({ Application = "workflow-platform" }, var.tags)

  settings = merge({
    API_HOST        = "0.0.0.0"
    API_PORT        = "8001"
    DATA_DIR        = "/data"
    LOG_FORMAT      = "json"
    METRICS_HOST    = "0.0.0.0"
    METRICS_PORT    = "9464"
    TRUSTED_PROXIES = join(",", var.trusted_proxies)
    BLOB_S3_BUCKET  = var.bucket
    BLOB_S3_REGION  = var.region
  }, var.settings)

  # What all tasks have in common. The root may only be read; what is written goes to volumes that end with
  # the task, since large payloads are in the bucket.
  container = {
    image                  = var.image
    essential              = true
    readonlyRootFilesystem = true
    user                   = "10001:10001"
    stopTimeout            = 60
    environment            = [for name in sort(keys(local.settings)) : { name = name, value = local.settings[name] }]
    secrets                = [for key in sort(tolist(var.secret_keys)) : { name = key, valueFrom = "${var.secret_arn}:${key}::" }]
    mountPoints = [
      { sourceVolume = "data", containerPath = "/data", readOnly = false },
      { sourceVolume = "tmp", containerPath = "/tmp", readOnly = false },
    ]
    linuxParameters = { capabilities = { drop = ["ALL"] }, initProcessEnabled = true }
    ulimits         = [{ name = "nofile", softLimit = 65536, hardLimit = 65536 }]
  }

  logs = {
    for role in ["api", "worker", "migrate"] : role => {
      logDriver = "awslogs"
      options = {
        "awslogs-group"         = aws_cloudwatch_log_group.platform.name
        "awslogs-region"        = var.region
        "awslogs-stream-prefix" = role
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "platform" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = local.tags
}

resource "aws_ecs_cluster" "platform" {
  name = var.name
  tags = local.tags

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "platform" {
  cluster_name       = aws_ecs_cluster.platform.name
  capacity_providers = ["FARGATE", "FARGATE_SPOT"]
}
