# Writes the ratings of the R package dslabs to a CSV file: Rscript tools/export_movielens.R OUT.csv
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 1) stop("usage: Rscript tools/export_movielens.R OUT.csv")
invisible(Sys.setlocale("LC_ALL", "C.UTF-8"))
write.csv(dslabs::movielens, arguments[1], row.names = FALSE)
cat("dslabs", as.character(packageVersion("dslabs")), "\n")
