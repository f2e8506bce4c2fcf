package gqlgenloader_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// writer writes random queries that are valid for a schema.
type writer struct {
	*rand.Rand
	schema *ast.Schema
	defers bool // @defer may be used
	left   int  // how many more fields with fields of their own there may be
	names  int  // how many aliases there are
}

// notAsked are fields whose batches are not certain: the package's documentation says why. What they lead to has tests of
// its own.
var notAsked = []string{"sleepy", "head", "odds", "smalls"}

func randomQuery(seed uint64, schema *ast.Schema) string {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 0)), schema: schema, left: 25}
	switch n := w.IntN(10); {
	case n == 0:
		return "mutation " + w.selection(schema.Mutation, 5)
	case n == 1:
		w.left = 8
		f := schema.Subscription.Fields[w.IntN(len(schema.Subscription.Fields))]
		if f.Name == "idle" { // it does not end
			f = schema.Subscription.Fields.ForName("visits")
		}
		return "subscription { " + w.field(f, 4) + " }"
	default:
		w.defers = n > 5
		return "query " + w.selection(schema.Query, 5)
	}
}

// selection selects of an object, an interface or a union, with up to depth fields beneath one another.
func (w *writer) selection(def *ast.Definition, depth int) string {
	var parts []string
	for range 1 + w.IntN(4) {
		parts = append(parts, w.part(def, depth))
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (w *writer) part(def *ast.Definition, depth int) string {
	if possible := w.schema.GetPossibleTypes(def); w.IntN(4) == 0 || def.Kind != ast.Object && w.IntN(4) > 0 {
		on := []string{""}
		for _, t := range possible {
			on = append(on, "on "+t.Name+" ")
		}
		i := w.IntN(len(on))
		if i == 0 {
			return "... " + w.directive(true) + w.selection(def, depth)
		}
		slices.SortFunc(possible, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
		return "... on " + possible[i-1].Name + " " + w.directive(true) + w.selection(possible[i-1], depth)
	}
	var fields ast.FieldList
	for _, f := range def.Fields {
		leaf := !w.schema.Types[f.Type.Name()].IsCompositeType()
		if strings.HasPrefix(f.Name, "__") || slices.Contains(notAsked, f.Name) || !leaf && (depth == 0 || w.left <= 0) ||
			leaf && depth > 0 && w.IntN(2) == 0 {
			continue
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return "__typename"
	}
	return w.field(fields[w.IntN(len(fields))], depth)
}

func (w *writer) field(f *ast.FieldDefinition, depth int) string {
	text := f.Name
	if len(f.Arguments) > 0 || w.IntN(2) == 0 { // two of one name must have the same arguments
		w.names++
		text = fmt.Sprintf("f%d: %s", w.names, f.Name)
	}
	for _, arg := range f.Arguments { // each field has one at most
		n := w.IntN(5)
		if arg.Type.Name() == "Even" {
			n *= 2
		}
		text += fmt.Sprintf("(%s: %d)", arg.Name, n)
	}
	text += " " + w.directive(false)
	if def := w.schema.Types[f.Type.Name()]; def.IsCompositeType() {
		w.left--
		text += w.selection(def, depth-1)
	}
	return text
}

func (w *writer) directive(fragment bool) string {
	switch n := w.IntN(12); {
	case n == 0:
		return "@skip(if: true) "
	case n == 1:
		return "@include(if: false) "
	case n == 2:
		return "@skip(if: false) @include(if: true) "
	case n < 7 && fragment && w.defers:
		// gqlgen waits for ever if a field is deferred twice under one label
		w.names++
		return []string{"@defer(if: false) ", fmt.Sprintf("@defer(label: %q) ", fmt.Sprint("d", w.names))}[min(w.IntN(4), 1)]
	}
	return ""
}
