package aplus

// mutant is a defect: a piece of the library's text, and what to put in its place.
type mutant struct {
	defect   string // what is then wrong, for the table in README.md
	file     string
	old, new string
}

// mutants are mistakes that one could make in the settle core. Each must break the suite somewhere.
var mutants = []mutant{
	{
		"no seal: a later call of a Resolver wins over the first", "promise/new.go",
		"\tr.p.sealed = true\n", "",
	},
	{
		"Reject ignores the seal: it wins over an earlier Resolve", "promise/new.go",
		"\tif r.seal() {\n\t\tr.p.reject(reason)", "\tif r.seal() || true {\n\t\tr.p.reject(reason)",
	},
	{
		"Follow does not seal: a later call wins while the followed promise is pending", "promise/new.go",
		"\tif r.seal() {\n\t\tr.p.follow(q)", "\tif !r.p.sealed {\n\t\tr.p.follow(q)",
	},
	{
		"synchronous callback when one is registered on a settled promise", "promise/promise.go",
		"\t\troot.s.Enqueue(job)\n\t\treturn\n", "\t\tjob.Run()\n\t\treturn\n",
	},
	{
		"synchronous callback when a promise is settled", "promise/reaction.go",
		"\t\ts.Enqueue(job)\n", "\t\tjob.Run()\n",
	},
	{
		"a callback that is registered on a settled promise is dropped", "promise/promise.go",
		"\t\troot.s.Enqueue(job)\n\t\treturn\n", "\t\treturn\n",
	},
	{
		"last in, first out among the callbacks of a promise", "promise/reaction.go",
		"\t\tl.last.next = r\n\t}\n", "\t\tl.last.next = r\n\t\treturn\n\t}\n",
	},
	{
		"only the latest callback of a promise is kept", "promise/reaction.go",
		"\t\tr.next = l.last.next\n\t\tl.last.next = r\n", "\t\tr.next = r\n",
	},
	{
		"last in, first out in the job queue", "scheduler/ring.go",
		"\tslot := &r.buf[r.head&uint(len(r.buf)-1)]\n\tjob := *slot\n" +
			"\t*slot = nil // or the ring would keep alive what it no longer holds\n\tr.head++\n",
		"\tr.tail--\n\tslot := &r.buf[r.tail&uint(len(r.buf)-1)]\n\tjob := *slot\n\t*slot = nil\n",
	},
	{
		"timers that are due together fire in reverse order", "scheduler/timer.go",
		"return h[i].seq < h[j].seq", "return h[i].seq > h[j].seq",
	},
	{
		"a promise that follows itself stays pending", "promise/promise.go",
		"\t\tp.reject(ErrCycle)\n", "",
	},
	{
		"following a rejected promise fulfils", "promise/promise.go",
		"\tif q.state == Rejected {\n\t\tp.reject(q.err)\n\t} else {", "\t{",
	},
	{
		"following a pending promise leads nowhere", "promise/promise.go",
		"\troot.merge(other)\n", "",
	},
	{
		"a follower loses its callbacks", "promise/promise.go",
		"root.reactions = first.concat(second)", "_ = second\n\troot.reactions = first",
	},
	{
		"a follower is not found from the promise that it follows", "promise/promise.go",
		"\troot := p.root()\n\troot.value, root.state = value, Fulfilled\n", "\troot := p\n\troot.value, root.state = value, Fulfilled\n",
	},
	{
		"a follower gets the state but not the value", "promise/promise.go",
		"root.value, root.state = value, Fulfilled", "p.value, root.state = value, Fulfilled",
	},
	{
		"a chain of followers is walked for one step only", "promise/promise.go",
		"\treturn p.findRoot()\n", "\treturn p.target\n",
	},
	{
		"a callback that panics leaves its promise pending", "promise/derived.go",
		"\tif d.promise.root().state == Pending {\n\t\td.promise.reject(err)\n\t}\n", "",
	},
	{
		"Then calls back for a rejection as well", "promise/then.go",
		"if src.state == Rejected {", "if src.state == Pending {",
	},
	{
		"Catch calls back for a value as well", "promise/catch.go",
		"\tsrc, fn := c.settled(), c.fn\n\tc.fn = nil\n\tif src.state == Fulfilled {", "\tsrc, fn := c.settled(), c.fn\n\tc.fn = nil\n\tif src.state == Pending {",
	},
	{
		"Handle is not told of a rejection", "promise/handle.go",
		"fn(src.value, src.err)", "fn(src.value, nil)",
	},
	{
		"a reason does not pass where there is no callback", "promise/derived.go",
		"\tif src.state == Rejected {\n\t\tt.promise.reject(src.err)\n\t} else if", "\tif",
	},
}

// blindSpots are mistakes that A+ forbids and its suite does not look for; the tests of package promise do. They are run to
// keep README.md true: the suite passes with each.
var blindSpots = []mutant{
	{
		"a followed promise loses its callbacks", "promise/promise.go",
		"root.reactions = first.concat(second)", "_ = first\n\troot.reactions = second",
	},
	{
		"Then loses the reason that passes it", "promise/then.go",
		"t.promise.reject(src.err)", "t.promise.reject(nil)",
	},
	{
		"Catch loses the value that passes it", "promise/catch.go",
		"c.promise.fulfil(src.value)", "c.promise.fulfil(*new(T))",
	},
}
