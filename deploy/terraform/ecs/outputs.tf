output "address" {
  description = "The load balancer's name; point your domain at it."
  value       = aws_lb.platform.dns_name
}

output "zone_id" {
  description = "Its zone, for an alias record of Route 53."
  value       = aws_lb.platform.zone_id
}

output "cluster" {
  description = "The cluster's name."
  value       = aws_ecs_cluster.platform.name
}

output "tasks_security_group_id" {
  description = "The group of all tasks, to let it into what they need."
  value       = aws_security_group.tasks.id
}

output "log_group" {
  description = "Where the logs are."
  value       = aws_cloudwatch_log_group.platform.name
}

output "migrate_command" {
  description = "Brings the schema up to date; run it before a new version's services."
  value = join(" ", [
    "aws ecs run-task --cluster ${aws_ecs_cluster.platform.name} --launch-type FARGATE",
    "--task-definition ${aws_ecs_task_definition.migrate.family}",
    "--network-configuration 'awsvpcConfiguration={subnets=[${join(",", var.private_subnet_ids)}],securityGroups=[${aws_security_group.tasks.id}]}'",
  ])
}
