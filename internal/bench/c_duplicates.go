package bench

// duplicates is row C: n loads, every key twice, one batch of n/2.
func duplicates() Workload {
	half := func(n int) int { return n / 2 }
	return Workload{
		Row: "C", Title: "1 000 loads, every key twice", Unit: "load", N: 1_000,
		Want:       func(n int) Answer { return Answer{Sum: 2 * sumTo(half(n)), Batches: 1} },
		Contenders: loadContenders(func(n, i int) int { return i % half(n) }, half),
	}
}
