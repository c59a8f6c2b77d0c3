//! What an expression refers to, and the tree made ready to run.

use std::collections::BTreeSet;

use cel::{
    IdedExpr,
    common::ast::{
        CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, SelectExpr,
        operators::{ADD, CONDITIONAL, EQUALS, IN, INDEX, LOGICAL_AND, LOGICAL_OR, NOT_EQUALS},
    },
};

use super::{
    Scope, SyntaxError,
    compile::unknown_variable,
    functions,
    shape::wrong,
    work::{COMPILE, KEEP, METER, SEARCH, TAKE_TURN, TOUCH},
};

/// Loops (`map`, `filter`, `all`, `exists`) inside each other.
const LOOPS: usize = 3;
/// Names of CEL's types, which may stand where variables may.
const TYPES: [&str; 11] = [
    "bool",
    "bytes",
    "double",
    "duration",
    "dyn",
    "int",
    "list",
    "map",
    "null_type",
    "string",
    "uint",
];
/// The functions of CEL's standard library and its macros.
const FUNCTIONS: [&str; 33] = [
    "all",
    "bool",
    "bytes",
    "contains",
    "double",
    "duration",
    "dyn",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getFullYear",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getSeconds",
    "has",
    "int",
    "map",
    "matches",
    "orValue",
    "or",
    "size",
    "startsWith",
    "string",
    "timestamp",
    "type",
    "uint",
];

/// Names in an expression.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub variables: BTreeSet<String>,
    /// After `steps`.
    pub steps: BTreeSet<String>,
    /// After `params`.
    pub params: BTreeSet<String>,
    /// After `vars`.
    pub vars: BTreeSet<String>,
    /// After `secrets`.
    pub secrets: BTreeSet<String>,
}

impl Names {
    /// The names after one of the four variables that have them.
    pub fn below(&mut self, root: &str) -> &mut BTreeSet<String> {
        match root {
            "steps" => &mut self.steps,
            "params" => &mut self.params,
            "vars" => &mut self.vars,
            _ => &mut self.secrets,
        }
    }
}

/// What is asked for when a variable stands alone whose parts must be known beforehand.
pub(super) fn must_be_named(variable: &str) -> Option<&'static str> {
    match variable {
        "steps" => Some("name a step after `steps`"),
        "vars" => Some("name a variable after `vars`"),
        "secrets" => Some("name a secret after `secrets`"),
        _ => None,
    }
}

/// Collects the names and puts the calls of `work` into the tree.
pub(super) fn analyse(expression: &mut IdedExpr) -> Result<Names, SyntaxError> {
    let mut walker = Walker::default();
    walker.visit(expression)?;
    Ok(walker.names)
}

#[derive(Default)]
struct Walker {
    names: Names,
    /// Variables of the loops around.
    bound: Vec<String>,
    loops: usize,
}

impl Walker {
    fn visit(&mut self, node: &mut IdedExpr) -> Result<(), SyntaxError> {
        match &mut node.expr {
            Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.variable(name),
            Expr::Select(select) => match self.field_of(&select.operand, &select.field) {
                Some("steps") if select.test => {
                    node.expr = Expr::Literal(LiteralValue::Boolean(true.into()));
                    Ok(())
                }
                Some(_) => Ok(()),
                None => self.visit(&mut select.operand),
            },
            Expr::Call(_) => self.call(node),
            Expr::List(list) => list.elements.iter_mut().try_for_each(|item| self.kept(item)),
            Expr::Map(map) => map.entries.iter_mut().try_for_each(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => {
                    self.visit(&mut entry.key)?;
                    self.kept(&mut entry.value)
                }
                EntryExpr::StructField(_) => Err(no_messages()),
            }),
            Expr::Comprehension(turns) => self.comprehension(turns),
            Expr::Struct(_) | Expr::Unspecified => Err(no_messages()),
        }
    }

    fn is_bound(&self, name: &str) -> bool {
        self.bound.iter().any(|bound| bound == name)
    }

    fn variable(&mut self, name: &str) -> Result<(), SyntaxError> {
        if name.starts_with('@') || self.is_bound(name) || TYPES.contains(&name) {
            return Ok(());
        }
        if !Scope::VARIABLES.contains(&name) {
            return Err(unknown_variable(name));
        }
        if let Some(message) = must_be_named(name) {
            return Err(wrong(message));
        }
        self.names.variables.insert(name.to_owned());
        Ok(())
    }

    /// Notes `steps.x`, `params.x` and the like; answers which of them it is.
    fn field_of(&mut self, operand: &IdedExpr, field: &str) -> Option<&'static str> {
        let Expr::Ident(name) = &operand.expr else { return None };
        let root = ["steps", "params", "vars", "secrets"].into_iter().find(|root| root == name)?;
        if self.is_bound(root) {
            return None;
        }
        self.names.below(root).insert(field.to_owned());
        self.names.variables.insert(root.to_owned());
        Some(root)
    }

    fn call(&mut self, node: &mut IdedExpr) -> Result<(), SyntaxError> {
        if let Some(select) = indexed_by_text(node) {
            // `steps["x"]` is `steps.x`: names with dots in them stay as they are.
            if let Some(root) = self.field_of(&select.operand, &select.field) {
                if root == "steps" || !select.field.contains('.') {
                    node.expr = Expr::Select(select);
                }
                return Ok(());
            }
        }
        let Expr::Call(call) = &mut node.expr else { return Ok(()) };
        let is_operator = call.func_name.starts_with(|c: char| !c.is_alphabetic());
        let name = call.func_name.as_str();
        let is_own = functions::NAMES.contains(&name);
        if is_own && call.target.is_some() {
            return Err(wrong(format!("write {name}(value) instead of value.{name}()")));
        }
        if !is_operator && !is_own && !FUNCTIONS.contains(&name) {
            return Err(wrong(format!("there is no function {name:?}")));
        }
        call.target.iter_mut().try_for_each(|target| self.visit(target))?;
        call.args.iter_mut().try_for_each(|argument| self.visit(argument))?;
        self.measure_arguments(call, is_operator);
        if call.func_name == ADD {
            measured(node, KEEP);
        }
        Ok(())
    }

    /// What a call costs by the size of what it is given.
    fn measure_arguments(&self, call: &mut CallExpr, is_operator: bool) {
        let name = call.func_name.as_str();
        if functions::NAMES.contains(&name) {
            let has_pattern = functions::WITH_PATTERN.contains(&name);
            for (index, argument) in call.args.iter_mut().enumerate() {
                measured(argument, if has_pattern && index == 1 { COMPILE } else { KEEP });
            }
            return;
        }
        if self.loops == 0 {
            return;
        }
        match call.func_name.as_str() {
            IN => call.args.last_mut().into_iter().for_each(|list| measured(list, SEARCH)),
            EQUALS | NOT_EQUALS => {
                call.args.first_mut().into_iter().for_each(|one| measured(one, KEEP));
            }
            "matches" => {
                call.args.last_mut().into_iter().for_each(|text| measured(text, COMPILE));
                let text = call.target.as_deref_mut().or(call.args.first_mut());
                if let Some(text) = text {
                    measured(text, TOUCH);
                }
            }
            _ if !is_operator => {
                let target = call.target.as_deref_mut().into_iter();
                target.chain(&mut call.args).for_each(|argument| measured(argument, TOUCH));
            }
            _ => {}
        }
    }

    /// A value that becomes a part of another one.
    fn kept(&mut self, node: &mut IdedExpr) -> Result<(), SyntaxError> {
        self.visit(node)?;
        if !matches!(node.expr, Expr::Literal(_)) {
            measured(node, KEEP);
        }
        Ok(())
    }

    fn comprehension(&mut self, turns: &mut ComprehensionExpr) -> Result<(), SyntaxError> {
        self.visit(&mut turns.iter_range)?;
        if self.loops == LOOPS {
            return Err(wrong(format!("more than {LOOPS} loops are nested")));
        }
        self.loops += 1;
        self.bound.push(turns.iter_var.clone());
        let visited = self.step(turns);
        self.bound.pop();
        self.loops -= 1;
        visited
    }

    /// Each turn is paid for where CEL looks first. `map` and `filter` must keep the shape by
    /// which CEL knows that they append: it copies the list on each turn otherwise.
    fn step(&mut self, turns: &mut ComprehensionExpr) -> Result<(), SyntaxError> {
        let Expr::Call(step) = &mut turns.loop_step.expr else { return Err(no_messages()) };
        match (step.func_name.as_str(), step.args.as_mut_slice()) {
            (CONDITIONAL, [guard, appended, _]) => {
                self.visit(guard)?;
                self.appended(appended)?;
                pay_turn(guard, LiteralValue::Boolean(false.into()));
            }
            (ADD, [_, IdedExpr { expr: Expr::List(items), .. }]) => {
                for item in &mut items.elements {
                    self.kept(item)?;
                    pay_turn(item, LiteralValue::Null);
                }
            }
            (LOGICAL_AND | LOGICAL_OR, [_, predicate]) => {
                self.visit(predicate)?;
                pay_turn(&mut turns.loop_cond, LiteralValue::Boolean(false.into()));
            }
            _ => return Err(wrong("this kind of loop cannot be used")),
        }
        Ok(())
    }

    /// `@result + [x]`, or `@result + 1` of `exists_one`.
    fn appended(&mut self, node: &mut IdedExpr) -> Result<(), SyntaxError> {
        match &mut node.expr {
            Expr::Call(CallExpr { args, .. }) => match args.as_mut_slice() {
                [_, IdedExpr { expr: Expr::List(items), .. }] => {
                    items.elements.iter_mut().try_for_each(|item| self.kept(item))
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

fn no_messages() -> SyntaxError {
    wrong("messages cannot be made here")
}

/// `x["y"]` as `x.y`.
fn indexed_by_text(node: &IdedExpr) -> Option<SelectExpr> {
    let Expr::Call(CallExpr { func_name, args, .. }) = &node.expr else { return None };
    let [operand, IdedExpr { expr: Expr::Literal(LiteralValue::String(field)), .. }] =
        args.as_slice()
    else {
        return None;
    };
    let field = field.inner().to_owned();
    (func_name == INDEX).then(|| SelectExpr {
        operand: Box::new(operand.clone()),
        field,
        test: false,
    })
}

fn call(function: &str, args: Vec<IdedExpr>) -> Expr {
    Expr::Call(CallExpr { func_name: function.to_owned(), target: None, args })
}

fn meter(id: u64) -> IdedExpr {
    IdedExpr { id, expr: Expr::Ident(METER.to_owned()) }
}

/// `node` becomes `function(@meter, node)`.
fn measured(node: &mut IdedExpr, function: &str) {
    let id = node.id;
    let value = std::mem::take(node);
    *node = IdedExpr { id, expr: call(function, vec![meter(id), value]) };
}

/// `node` becomes `@turn(@meter) ? node : otherwise`.
fn pay_turn(node: &mut IdedExpr, otherwise: LiteralValue) {
    let id = node.id;
    let value = std::mem::take(node);
    let turn = IdedExpr { id, expr: call(TAKE_TURN, vec![meter(id)]) };
    let otherwise = IdedExpr { id, expr: Expr::Literal(otherwise) };
    *node = IdedExpr { id, expr: call(CONDITIONAL, vec![turn, value, otherwise]) };
}
