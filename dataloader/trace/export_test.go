package trace

var Cells = cells
