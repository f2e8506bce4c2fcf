// The selection under a field, as far as it has to be loaded.
package main

import (
	"strconv"

	"github.com/graphql-go/graphql"
	"github.com/graphql-go/graphql/language/ast"
)

// maxFirst is the longest list that can be asked for, defaultFirst the one that is given to who asks for none.
const (
	maxFirst     = 100
	defaultFirst = 10
)

// plan is the fields under an object that have fields of their own: no others cost a load.
type plan []step

type step struct {
	field string
	first int
	next  plan
}

// planOf reads the selection of the field that is being resolved.
func planOf(info graphql.ResolveInfo) (p plan) {
	for _, field := range info.FieldASTs {
		p = append(p, planUnder(field.SelectionSet, info)...)
	}
	return p
}

// planUnder takes fragments as they come: every type of the schema is an object, so each one that is valid applies.
func planUnder(set *ast.SelectionSet, info graphql.ResolveInfo) (p plan) {
	if set == nil {
		return nil
	}
	for _, selection := range set.Selections {
		switch s := selection.(type) {
		case *ast.Field:
			if s.SelectionSet != nil && included(s.Directives, info.VariableValues) {
				p = append(p, step{s.Name.Value, firstOf(s, info.VariableValues), planUnder(s.SelectionSet, info)})
			}
		case *ast.InlineFragment:
			if included(s.Directives, info.VariableValues) {
				p = append(p, planUnder(s.SelectionSet, info)...)
			}
		case *ast.FragmentSpread:
			if fragment := info.Fragments[s.Name.Value]; fragment != nil && included(s.Directives, info.VariableValues) {
				p = append(p, planUnder(fragment.GetSelectionSet(), info)...)
			}
		}
	}
	return p
}

// included obeys @skip and @include.
func included(directives []*ast.Directive, variables map[string]any) bool {
	for _, d := range directives {
		for _, arg := range d.Arguments {
			if on, ok := valueOf(arg.Value, variables).(bool); ok && arg.Name.Value == "if" {
				if on != (d.Name.Value == "include") {
					return false
				}
			}
		}
	}
	return true
}

// firstOf is the field's argument first, or the default. What is not a number is left for graphql-go to complain about.
func firstOf(field *ast.Field, variables map[string]any) int {
	for _, arg := range field.Arguments {
		if arg.Name.Value != "first" {
			continue
		}
		switch v := valueOf(arg.Value, variables).(type) {
		case int:
			return v
		case float64: // of a variable, as JSON has it
			return int(v)
		case nil: // a variable without a value
		default:
			return maxFirst
		}
	}
	return defaultFirst
}

func valueOf(v ast.Value, variables map[string]any) any {
	switch v := v.(type) {
	case *ast.Variable:
		return variables[v.Name.Value]
	case *ast.IntValue:
		n, err := strconv.Atoi(v.Value)
		if err != nil {
			return v.Value
		}
		return n
	case *ast.BooleanValue:
		return v.Value
	default:
		return v.GetValue()
	}
}
