# The same models by R's packages; `benchmarks/analysis_peers.py` calls this: Rscript analysis_peers.R TASK FOLDER
# The clock runs from a data frame in memory to estimates and standard errors; packages and reading not counted.
arguments <- commandArgs(trailingOnly = TRUE)
task <- arguments[1]
folder <- arguments[2]
suppressPackageStartupMessages({
  library(survival)
  library(sandwich)
  library(lme4)
})

columns <- readLines(file.path(folder, "columns.txt"))
bytes <- file.path(folder, "register.bin")
rows <- as.integer(columns[1])
opened <- file(bytes, "rb")
frame <- list(woman = readBin(opened, "integer", rows, size = 4))
for (name in columns[-1]) frame[[name]] <- readBin(opened, "integer", rows, size = 1, signed = FALSE)
close(opened)
frame <- as.data.frame(frame)
covariates <- setdiff(columns[-1], c("early_loss", "entry_week", "exit_week"))
for (name in covariates) frame[[name]] <- factor(frame[[name]])

seconds <- function(expression) {
  before <- proc.time()
  force(expression)
  spent <- proc.time() - before
  unname(spent["user.self"] + spent["sys.self"])
}
told <- function(values) paste(sprintf("%.17g", values), collapse = ", ")
told_all <- function(spent, estimates, errors, more = "") {
  cat(sprintf('{"seconds": %.6f, "estimates": [%s], "errors": [%s]%s}\n', spent, told(estimates), told(errors), more))
}

if (task == "logistic") {
  model <- reformulate(covariates, "early_loss")
  spent <- seconds({
    fit <- glm(model, family = binomial, data = frame)
    clustered <- vcovCL(fit, cluster = frame$woman)
  })
  # glm stops when the deviance is flat to 1e-8; for the comparison of answers, not on the clock, it goes on.
  exact <- glm(model, family = binomial, data = frame, start = coef(fit), control = glm.control(epsilon = 1e-15))
  clustered <- vcovCL(exact, cluster = frame$woman)
  told_all(spent, coef(exact), sqrt(diag(clustered)))
} else if (task == "cox") {
  model <- update(reformulate(covariates), Surv(entry_week, exit_week, early_loss) ~ .)
  spent <- seconds(fit <- coxph(model, data = frame, cluster = woman, ties = "efron"))
  told_all(spent, coef(fit), sqrt(diag(vcov(fit))))
} else if (task == "random_intercept") {
  covariates <- c("age_band", "previous_live", "previous_induced", "smoker", "origin", "education", "diabetes", "thyroid_disease")
  model <- reformulate(c(covariates, "(1 | woman)"), "early_loss")
  spent <- seconds(fit <- glmer(model, family = binomial, data = frame, nAGQ = 15, control = glmerControl(optimizer = "bobyqa")))
  more <- sprintf(', "log_likelihood": %.17g, "deviation": %.17g', as.numeric(logLik(fit)), attr(VarCorr(fit)$woman, "stddev"))
  told_all(spent, fixef(fit), sqrt(diag(as.matrix(vcov(fit)))), more)
}
