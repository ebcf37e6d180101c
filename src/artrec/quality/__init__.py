"""What good data is: suites, quarantine, report and the gate before training."""
