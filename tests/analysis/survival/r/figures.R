# Writes figures.json: what R computes on the small tables beside this file.
# Rscript figures.R, with survival 3.5-3, cmprsk 2.2-11, etm 1.1.1, riskRegression 2022.11.28, jsonlite.
suppressMessages({library(survival); library(cmprsk); library(etm); library(riskRegression); library(prodlim)})
d <- read.csv("small.csv"); d$id <- seq_len(nrow(d)); d$f <- factor(d$cause, 0:4)
d$rounded <- round(d$exit, 6)  # cmprsk and riskRegression do not join times that differ by noise
far <- coxph.control(eps = 1e-14, iter.max = 60, toler.chol = 1e-15)
o <- list(); u <- unname; root <- function(v) u(sqrt(diag(v)))

# Cox models: plain, without entry, weighted, stratified, all at once
for (ties in c("efron", "breslow")) for (mod in c("plain", "noentry", "weights", "strata", "all")) {
  d$s <- if (mod == "noentry") Surv(d$exit, d$cause == 1) else Surv(d$entry, d$exit, d$cause == 1)
  f <- switch(mod, plain = s ~ a + b, noentry = s ~ a + b, weights = s ~ a + b,
              strata = s ~ a + b + strata(z), all = s ~ a + b + strata(z) + offset(off))
  d$ww <- if (mod %in% c("weights", "all")) d$w else 1
  m <- coxph(f, d, weights = ww, cluster = woman, ties = ties, control = far)
  m0 <- coxph(f, d, weights = ww, ties = ties, control = far, robust = FALSE)
  r <- list(coef = u(coef(m)), robust = root(vcov(m)), naive = root(m$naive.var), loglik = u(m$loglik),
            concordance = u(m$concordance[c("concordance", "std")]), score = m$score, wald = u(m$wald.test),
            zph = u(cox.zph(m0)$table[, 1]), zph_identity = u(cox.zph(m0, transform = "identity")$table[, 1]),
            zph_rank = u(cox.zph(m0, transform = "rank")$table[, 1]),
            residual = u(residuals(m0, "score")[9, ]))
  if (mod != "all") r$robust_score <- u(m$rscore)  # coxph leaves the offset out there
  if (mod %in% c("plain", "noentry", "weights")) {
    sf <- survfit(m0, newdata = data.frame(a = .5, b = 1)); i <- c(which(sf$time == 4), which(sf$time == 6))
    r$hazard <- sf$cumhaz[i]; r$hazard_error <- sf$std.err[i]
  }
  o[[paste(mod, ties, sep = "_")]] <- r
}

# Aalen-Johansen; survfit leaves clusters out, so its influences are summed here
curve <- function(f, times = c(2, 4, 6, 8)) {
  s <- summary(f, times = times); list(p = u(s$pstate), error = u(s$std.err))
}
by_woman <- function(f, weight = 1) {
  k <- max(which(f$time <= 6)) + 1; u(sqrt(colSums(rowsum(weight * f$influence.pstate[, k, ], d$woman)^2)))
}
late <- survfit(Surv(entry, exit, f) ~ 1, data = d, id = id, influence = TRUE)
weighted <- survfit(Surv(entry, exit, f) ~ 1, data = d, id = id, weights = w, influence = TRUE)
o$curve <- c(curve(late), list(by_woman = by_woman(late)))
o$curve_weights <- c(curve(weighted), list(by_woman = by_woman(weighted, d$w)))
o$curve_noentry <- curve(survfit(Surv(exit, f) ~ 1, data = d))
o$curve_after_3 <- curve(survfit(Surv(entry, exit, f) ~ 1, data = d, id = id, start.time = 3.01), c(4, 6, 8))
e <- summary(etmCIF(Surv(entry, exit, cause != 0) ~ 1, data = d, etype = cause, failcode = 1:4))[[1]]
o$etm <- t(sapply(e, function(t) unlist(t[max(which(t$time <= 6)), c("P", "var", "lower", "upper")])))

# Fine and Gray
dd <- d[, c("entry", "exit", "f", "a", "b", "w", "woman", "id")]
fine <- function(fg, ties, form = Surv(fgstart, fgstop, fgstatus) ~ a + b) {
  m <- coxph(form, weights = fgwt, data = fg, cluster = woman, ties = ties, control = far)
  list(coef = u(coef(m)), robust = root(vcov(m)), loglik = u(m$loglik))
}
for (t in c("breslow", "efron")) {
  o[[paste0("fine_", t)]] <- fine(finegray(Surv(exit, f) ~ ., data = dd, etype = "1"), t)
  o[[paste0("fine_late_", t)]] <- fine(finegray(Surv(entry, exit, f) ~ ., data = dd, etype = "1", id = id), t)
}
o$fine_weights <- fine(finegray(Surv(exit, f) ~ ., data = dd, etype = "1", weights = w), "efron")
d$b2 <- d$b
o$fine_strata <- fine(finegray(Surv(exit, f) ~ a + b2 + woman + strata(b), data = d, etype = "1"), "efron",
                      Surv(fgstart, fgstop, fgstatus) ~ a + strata(b2))
m <- crr(d$rounded, d$cause, d[, c("a", "b")], gtol = 1e-13, maxiter = 30); p <- predict(m, cbind(a = .5, b = 1))
o$crr <- list(coef = u(m$coef), robust = root(m$var), incidence = sapply(c(4, 6), function(t) p[max(which(p[, 1] <= t)), 2]))
o$crr_groups <- u(crr(d$rounded, d$cause, d[, c("a", "b")], cengroup = d$b, gtol = 1e-13, maxiter = 30)$coef)

# Cumulative incidence, Gray's test, absolute risk from two Cox models
at <- timepoints(cuminc(d$rounded, d$cause), c(2, 4, 6)); o$cuminc <- list(p = u(at$est), var = u(at$var))
o$gray <- u(cuminc(d$rounded, d$cause, d$z)$Tests[1:2, 1])
o$gray_strata <- u(cuminc(d$rounded, d$cause, d$z, strata = d$b, rho = 1)$Tests[1:2, 1])
g <- read.csv("groups.csv"); o$gray_gone <- u(cuminc(g$t, g$c, g$g)$Tests[, 1])
d$two <- ifelse(d$cause > 2, 0, d$cause)
for (t in c("efron", "breslow")) {
  m <- CSC(list(Hist(rounded, two) ~ a + b, Hist(rounded, two) ~ a), data = d, method = t)
  for (pl in c(TRUE, FALSE)) o[[paste("risk", t, if (pl) "product" else "exponential", sep = "_")]] <-
    c(predict(m, newdata = data.frame(a = .5, b = 1), times = c(2, 4, 6), cause = 1, product.limit = pl)$absRisk)
}

# Repeated events
r <- read.csv("recurrent.csv"); r$order <- pmin(r$o, 3)
for (t in c("efron", "breslow")) {
  fit <- function(f) { m <- coxph(f, r, cluster = w, ties = t, control = far); u(c(coef(m), sqrt(vcov(m)))) }
  o[[paste0("one_clock_", t)]] <- fit(Surv(s, e, d) ~ x)
  o[[paste0("by_order_", t)]] <- fit(Surv(s, e, d) ~ x + strata(order))
  o[[paste0("gap_by_order_", t)]] <- fit(Surv(e - s, d) ~ x + strata(order))
  near <- coxph.control(eps = 1e-13, iter.max = 200)
  frail <- function(f) { m <- coxph(f, r, ties = t, control = near); u(c(coef(m), sqrt(m$var), m$history[[1]]$c.loglik)) }
  o[[paste0("frailty_", t)]] <- frail(Surv(s, e, d) ~ x + frailty(w, theta = .8))
  o[[paste0("frailty_gap_", t)]] <- frail(Surv(e - s, d) ~ x + frailty(w, theta = .8))
}
jsonlite::write_json(o, "figures.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
