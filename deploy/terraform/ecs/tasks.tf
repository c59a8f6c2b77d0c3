resource "aws_ecs_task_definition" "api" {
  family                   = "${var.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.api.cpu
  memory                   = var.api.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = local.tags

  container_definitions = jsonencode([merge(local.container, {
    name             = "api"
    command          = ["serve", "--role", "api"]
    logConfiguration = local.logs["api"]
    portMappings = [
      { name = "http", containerPort = 8001, protocol = "tcp" },
      { name = "metrics", containerPort = 9464, protocol = "tcp" },
    ]
    healthCheck = { command = ["CMD", "workflow-platform", "health"], interval = 15, timeout = 5, retries = 3, startPeriod = 60 }
  })])

  volume {
    name = "data"
  }

  volume {
    name = "tmp"
  }
}

resource "aws_ecs_task_definition" "worker" {
  family                   = "${var.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.worker.cpu
  memory                   = var.worker.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = local.tags

  # A worker answers no requests: the engine itself notices when one is gone.
  container_definitions = jsonencode([merge(local.container, {
    name             = "worker"
    command          = ["worker"]
    logConfiguration = local.logs["worker"]
    portMappings     = [{ name = "metrics", containerPort = 9464, protocol = "tcp" }]
  })])

  volume {
    name = "data"
  }

  volume {
    name = "tmp"
  }
}

# Run once for a version, before its services; the output migrate_command says how.
resource "aws_ecs_task_definition" "migrate" {
  family                   = "${var.name}-migrate"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn
  tags                     = local.tags

  container_definitions = jsonencode([merge(local.container, {
    name             = "migrate"
    command          = ["migrate", "up"]
    logConfiguration = local.logs["migrate"]
    portMappings     = []
  })])

  volume {
    name = "data"
  }

  volume {
    name = "tmp"
  }
}
