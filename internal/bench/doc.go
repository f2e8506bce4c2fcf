// Package bench does the same work with batchtick, by hand and with its peers, so that their times can be compared.
//
// There is one file for each workload, named for its row, with all contenders below each other. The benchmarks, the tests
// of allocations and the command in table all run these functions and no others.
package bench
