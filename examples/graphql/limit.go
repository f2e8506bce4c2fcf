// What a query may ask for, decided from its text before anything runs.
package main

import (
	"fmt"
	"maps"
	"strconv"

	"github.com/graphql-go/graphql/language/ast"
)

// limits bound a query. The cost is how many objects it may return at most: a list counts as many times as its first
// says, and so does all that is under it.
type limits struct {
	depth int // fields within fields
	cost  int
	size  int // fields and fragments in the text, since to validate them costs the square of their number
}

// A page that reads the schema, such as GraphiQL, nests 15 fields.
var defaultLimits = limits{depth: 16, cost: 20_000, size: 1_000}

// introspectionList is how long the lists of an introspection are taken to be, which have no first.
const introspectionList = 6

// weight is what a selection would come to.
type weight struct{ depth, cost int }

type scale struct {
	limits
	variables map[string]any
	fragments map[string]*ast.FragmentDefinition
	weighed   map[string]*weight // of fragments; nil while one is being weighed
}

// check refuses a document of which an operation is over a limit.
func (l limits) check(doc *ast.Document, given map[string]any) error {
	if n := selectionsOf(doc, l.size); n > l.size {
		return fmt.Errorf("the query has more than %d fields: split it", l.size)
	}
	fragments := map[string]*ast.FragmentDefinition{}
	for _, d := range doc.Definitions {
		if f, ok := d.(*ast.FragmentDefinition); ok {
			fragments[f.Name.Value] = f
		}
	}
	for _, d := range doc.Definitions {
		op, ok := d.(*ast.OperationDefinition)
		if !ok {
			continue
		}
		s := scale{limits: l, variables: withDefaults(op, given), fragments: fragments, weighed: map[string]*weight{}}
		w, err := s.weigh(op.SelectionSet)
		switch {
		case err != nil:
			return err
		case w.depth > l.depth:
			return fmt.Errorf("the query is %d fields deep, and at most %d are allowed: nest less", w.depth, l.depth)
		case w.cost > l.cost:
			return fmt.Errorf("the query may return %s objects, and at most %d are allowed: ask for fewer with first, or nest less",
				atLeast(w.cost), l.cost)
		}
	}
	return nil
}

// weigh adds up a selection set, once for each fragment however often it is spread: fragments that spread others twice
// would take exponential time otherwise.
func (s *scale) weigh(set *ast.SelectionSet) (sum weight, err error) {
	if set == nil {
		return weight{}, nil
	}
	for _, selection := range set.Selections {
		var w weight
		switch sel := selection.(type) {
		case *ast.Field:
			w, err = s.field(sel)
		case *ast.InlineFragment:
			w, err = s.weigh(sel.SelectionSet)
		case *ast.FragmentSpread:
			w, err = s.fragment(sel.Name.Value)
		}
		if err != nil {
			return weight{}, err
		}
		sum = weight{max(sum.depth, w.depth), min(sum.cost+w.cost, countless)}
	}
	return sum, nil
}

func (s *scale) field(f *ast.Field) (weight, error) {
	w, err := s.weigh(f.SelectionSet)
	if err != nil {
		return weight{}, err
	}
	w.depth++
	if f.SelectionSet == nil {
		return w, nil
	}
	times := s.times(f)
	if times < 0 || times > maxFirst {
		return weight{}, fmt.Errorf("%s: first is %d, and must be from 0 to %d", f.Name.Value, times, maxFirst)
	}
	w.cost = min(times*(1+w.cost), countless)
	return w, nil
}

func (s *scale) fragment(name string) (weight, error) {
	if w, known := s.weighed[name]; known {
		if w == nil {
			return weight{}, fmt.Errorf("the fragment %s spreads itself", name)
		}
		return *w, nil
	}
	f := s.fragments[name]
	if f == nil {
		return weight{}, nil // validation has better words for it
	}
	s.weighed[name] = nil
	w, err := s.weigh(f.SelectionSet)
	s.weighed[name] = &w
	return w, err
}

// times is how many objects a field of this schema may have in place of one.
func (s *scale) times(f *ast.Field) int {
	switch f.Name.Value {
	case "friends", "posts", "comments", "users", "feed":
		return firstOf(f, s.variables)
	case "types", "fields", "inputFields", "args", "enumValues", "interfaces", "possibleTypes", "directives":
		return introspectionList
	}
	return 1
}

// countless stands for every greater number too, so that none overflows.
const countless = 1_000_000_000

func atLeast(n int) string {
	if n == countless {
		return "more than a thousand million"
	}
	return strconv.Itoa(n)
}

// withDefaults are the variables as the operation will see them.
func withDefaults(op *ast.OperationDefinition, given map[string]any) map[string]any {
	all := map[string]any{}
	for _, v := range op.VariableDefinitions {
		if v.DefaultValue != nil {
			all[v.Variable.Name.Value] = valueOf(v.DefaultValue, nil)
		}
	}
	maps.Copy(all, given)
	return all
}

// selectionsOf counts what is written, not what it stands for. It stops when it is over the limit.
func selectionsOf(doc *ast.Document, limit int) (n int) {
	var count func(*ast.SelectionSet)
	count = func(set *ast.SelectionSet) {
		if set == nil || n > limit {
			return
		}
		n += len(set.Selections)
		for _, s := range set.Selections {
			count(s.GetSelectionSet())
		}
	}
	for _, d := range doc.Definitions {
		if d, ok := d.(ast.Definition); ok {
			count(d.GetSelectionSet())
		}
	}
	return n
}
