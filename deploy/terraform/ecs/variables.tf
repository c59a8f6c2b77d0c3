variable "name" {
  description = "Before the names of everything that is made."
  type        = string
  default     = "workflow-platform"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,19}$", var.name))
    error_message = "The name has 2 to 20 small letters, digits and hyphens, since load balancers take no more."
  }
}

variable "region" {
  description = "Where the logs are."
  type        = string
}

variable "image" {
  description = "The platform's image, with its tag or digest."
  type        = string
}

variable "vpc_id" {
  description = "The network of everything."
  type        = string
}

variable "public_subnet_ids" {
  description = "Subnets of the load balancer, in two zones or more."
  type        = list(string)

  validation {
    condition     = length(var.public_subnet_ids) >= 2
    error_message = "A load balancer needs subnets in two zones."
  }
}

variable "private_subnet_ids" {
  description = "Subnets of the tasks, with a way out through a NAT gateway."
  type        = list(string)
}

variable "trusted_proxies" {
  description = "The address ranges of the public subnets: whoever is there may say where a request comes from."
  type        = list(string)
}

variable "certificate_arn" {
  description = "The certificate of the load balancer, from ACM."
  type        = string
}

variable "secret_arn" {
  description = "A secret of Secrets Manager whose value is a JSON object with at least the keys of secret_keys."
  type        = string
}

variable "secret_keys" {
  description = "Keys of the secret that become variables of the platform."
  type        = set(string)
  default = [
    "DATABASE_URL",
    "REDIS_URL",
    "JWT_SECRET_KEY",
    "DATA_SECRET_KEY",
    "METRICS_TOKEN",
    "BLOB_S3_ACCESS_KEY_ID",
    "BLOB_S3_SECRET_ACCESS_KEY",
  ]
}

variable "secret_kms_key_arn" {
  description = "The key that seals the secret, when it is not the account's own."
  type        = string
  default     = null
}

variable "bucket" {
  description = "The S3 bucket of large payloads."
  type        = string
}

variable "settings" {
  description = "Further variables of the platform that are no secrets; docs/operations/configuration-reference.md lists all."
  type        = map(string)
  default     = {}
}

variable "database_security_group_id" {
  description = "The group of PostgreSQL, which the tasks are let into; null when you see to that yourself."
  type        = string
  default     = null
}

variable "redis_security_group_id" {
  description = "The group of Redis, likewise."
  type        = string
  default     = null
}

variable "allowed_cidrs" {
  description = "Who reaches the load balancer."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "api" {
  description = "Sizes of the API: CPU units, MiB, and how many tasks."
  type = object({
    cpu    = optional(number, 512)
    memory = optional(number, 1024)
    least  = optional(number, 2)
    most   = optional(number, 10)
  })
  default = {}
}

variable "worker" {
  description = "Sizes of the workers."
  type = object({
    cpu    = optional(number, 1024)
    memory = optional(number, 2048)
    least  = optional(number, 2)
    most   = optional(number, 20)
  })
  default = {}
}

variable "log_retention_days" {
  description = "Days for which CloudWatch keeps the logs."
  type        = number
  default     = 30
}

variable "tags" {
  description = "On everything that is made."
  type        = map(string)
  default     = {}
}
