//! What a role grants, as stored, and the roles that come with the product.
//!
//! Separation of duties (C37): whoever administers users, roles and settings reads no customer by that role, and the
//! auditor reads everything and changes nothing. People may hold several roles; the rights add up.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::fields::FIELDS;
use crate::kernel::{Action, Entity, FieldAccess, FieldClass, Scope};

/// What three people do where the law asks for three administrators (三员分立, 等保 8.1.4.2 d): one runs the system, one
/// says who may do what, one reads what both did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AdministratorDuty)]
pub enum Duty {
    System,
    Security,
    Audit,
}

impl Duty {
    pub const ALL: [Self; 3] = [Self::System, Self::Security, Self::Audit];
}

/// The duties that rights amount to, whatever the role is called.
pub fn duties(rights: &Rights) -> BTreeSet<Duty> {
    let may = |entity: Entity, actions: &[Action]| {
        let granted = rights.permissions.get(&entity);
        granted.is_some_and(|granted| actions.iter().any(|action| granted.get(action) == Some(&Scope::All)))
    };
    let writes = [Create, Update, Delete, Manage];
    let found = [
        (Duty::System, may(Entity::Setting, &writes) || may(Entity::User, &writes)),
        (Duty::Security, may(Entity::Role, &writes)),
        (Duty::Audit, may(Entity::Audit, &[Read, Export])),
    ];
    found.into_iter().filter_map(|(duty, has)| has.then_some(duty)).collect()
}

/// Rights per entity and action, and access per field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    #[serde(default)]
    pub permissions: BTreeMap<Entity, BTreeMap<Action, Scope>>,
    #[serde(default)]
    pub fields: BTreeMap<String, FieldAccess>,
}

pub struct Builtin {
    pub key: &'static str,
    /// In the language of the company; the console has both.
    pub name: &'static str,
    pub name_en: &'static str,
    pub rights: fn() -> Rights,
}

pub const ADMINISTRATOR: &str = "administrator";
pub const MANAGER: &str = "manager";
pub const POLICY_KEEPER: &str = "policy_keeper";
pub const GENERAL_MANAGER: &str = "general_manager";

/// What earlier versions called a built-in role that has another name now.
pub const FORMER_NAMES: &[(&str, &str)] = &[(ADMINISTRATOR, "系统管理员")];

pub const BUILTIN: &[Builtin] = &[
    Builtin {
        key: ADMINISTRATOR,
        name: "管理员（三员合一）",
        name_en: "Administrator (all duties)",
        rights: administrator,
    },
    Builtin {
        key: "system_administrator", name: "系统管理员", name_en: "System administrator", rights: system_admin
    },
    Builtin {
        key: "security_administrator",
        name: "安全管理员",
        name_en: "Security administrator",
        rights: security_admin,
    },
    Builtin {
        key: "audit_administrator", name: "审计管理员", name_en: "Audit administrator", rights: audit_admin
    },
    Builtin { key: MANAGER, name: "部门经理", name_en: "Manager", rights: manager },
    Builtin { key: "salesperson", name: "销售", name_en: "Salesperson", rights: salesperson },
    Builtin { key: "service", name: "客服", name_en: "Customer service", rights: service },
    Builtin { key: "marketing", name: "市场", name_en: "Marketing", rights: marketing },
    Builtin { key: POLICY_KEEPER, name: "制度管理员", name_en: "Policy keeper", rights: policy_keeper },
    Builtin { key: GENERAL_MANAGER, name: "总经理", name_en: "General manager", rights: general_manager },
    Builtin { key: "auditor", name: "审计员", name_en: "Auditor", rights: auditor },
    Builtin { key: "data_steward", name: "数据管理员", name_en: "Data steward", rights: data_steward },
];

use Action::{Approve, Assign, Create, Delete, Export, Import, Manage, Read, Reveal, Update};

const WRITE: &[Action] = &[Read, Create, Update, Delete];
/// Records about customers: what a salesperson has of their own, a manager has of the department and below.
const CUSTOMER_WORK: &[Entity] = &[
    Entity::Customer,
    Entity::Contact,
    Entity::Cooperation,
    Entity::Interaction,
    Entity::Todo,
    Entity::Duty,
    Entity::Case,
];

impl Rights {
    /// What everybody who works with customers may know about the company: who is who, and what the rules are.
    fn colleague() -> Self {
        Self::default()
            .grant(
                &[Entity::User, Entity::Department, Entity::Post, Entity::Absence, Entity::Policy],
                &[Read],
                Scope::All,
            )
            .grant(&[Entity::Setting], &[Read], Scope::All)
            .grant(&[Entity::View], WRITE, Scope::Own)
            .grant(&[Entity::Absence], &[Create, Update, Delete], Scope::Own)
            .grant(&[Entity::Job, Entity::Token], &[Read, Create, Delete], Scope::Own)
            .grant(&[Entity::Release], &[Read], Scope::Own)
    }

    fn grant(mut self, entities: &[Entity], actions: &[Action], scope: Scope) -> Self {
        for entity in entities {
            let granted = self.permissions.entry(*entity).or_default();
            granted.extend(actions.iter().map(|action| (*action, scope.clone())));
        }
        self
    }

    fn of_class(mut self, class: FieldClass, access: FieldAccess) -> Self {
        let fields = FIELDS.iter().filter(|field| field.class == class);
        self.fields.extend(fields.map(|field| (field.full_name(), access)));
        self
    }
}

fn administrator() -> Rights {
    let company = [Entity::User, Entity::Role, Entity::Department, Entity::Post, Entity::Absence, Entity::Setting];
    Rights::colleague()
        .grant(&company, &[Read, Create, Update, Delete, Manage], Scope::All)
        .grant(&[Entity::Policy], &[Read, Create, Update, Approve, Manage], Scope::All)
        .grant(&[Entity::Job], &[Read, Update, Manage], Scope::All)
        .grant(&[Entity::Compliance], &[Read], Scope::All)
        .grant(&[Entity::Audit], &[Read], Scope::All)
        .grant(&[Entity::Release], &[Read, Approve, Manage], Scope::All)
        .grant(&[Entity::Alarm], &[Read, Update], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Hidden)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

/// Runs the system: people, departments, settings, jobs. Gives no rights, and reads neither the audit nor customers.
fn system_admin() -> Rights {
    let company = [Entity::User, Entity::Department, Entity::Post, Entity::Absence, Entity::Setting];
    Rights::colleague()
        .grant(&company, &[Read, Create, Update, Delete, Manage], Scope::All)
        .grant(&[Entity::Role], &[Read], Scope::All)
        .grant(&[Entity::Job], &[Read, Update, Manage], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Hidden)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

/// Says who may do what, lets exports out, and answers alarms. Changes no setting, and reads neither the audit nor
/// customers.
fn security_admin() -> Rights {
    Rights::colleague()
        .grant(&[Entity::Role], &[Read, Create, Update, Delete, Manage], Scope::All)
        .grant(&[Entity::Release], &[Read, Approve, Manage], Scope::All)
        .grant(&[Entity::Alarm], &[Read, Update], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Hidden)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

/// Reads what was done, by the other two as well. Changes nothing, and reads no customers: of their records the audit tells
/// such a reader which fields changed and no values.
fn audit_admin() -> Rights {
    Rights::colleague()
        .grant(&[Entity::Audit], &[Read, Export], Scope::All)
        .grant(&[Entity::Role, Entity::Release, Entity::Alarm, Entity::Compliance], &[Read], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Hidden)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

fn manager() -> Rights {
    let all = [Read, Create, Update, Delete, Assign, Export, Import, Reveal, Approve];
    Rights::colleague()
        .grant(CUSTOMER_WORK, &all, Scope::Subtree)
        .grant(&[Entity::SubjectRequest], &[Read, Create, Update], Scope::Subtree)
        .grant(&[Entity::Absence], &[Create, Update, Delete], Scope::Subtree)
        .grant(&[Entity::Compliance], &[Read, Export], Scope::Subtree)
        .grant(&[Entity::Release], &[Read, Approve], Scope::Subtree)
        .grant(&[Entity::Trace], &[Read, Export], Scope::Subtree)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Masked)
}

/// Writes what the company's regulations say; somebody else lets it come into force.
fn policy_keeper() -> Rights {
    Rights::colleague()
        .grant(&[Entity::Policy], &[Create, Update], Scope::All)
        .grant(&[Entity::Compliance], &[Read, Export], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Hidden)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

/// Leads the company: sees all its customers and decides on its regulations.
fn general_manager() -> Rights {
    Rights::colleague()
        .grant(CUSTOMER_WORK, &[Read, Update, Assign, Export, Reveal, Approve], Scope::All)
        .grant(&[Entity::Interaction, Entity::Todo, Entity::Case], &[Create], Scope::All)
        .grant(&[Entity::SubjectRequest], &[Read, Create, Update, Export], Scope::All)
        .grant(&[Entity::Policy], &[Create, Update, Approve], Scope::All)
        .grant(&[Entity::Compliance], &[Read, Export], Scope::All)
        .grant(&[Entity::Release], &[Read, Approve], Scope::All)
        .grant(&[Entity::Trace], &[Read, Export], Scope::All)
        .grant(&[Entity::Alarm], &[Read, Update], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Masked)
}

fn salesperson() -> Rights {
    Rights::colleague()
        .grant(CUSTOMER_WORK, &[Read, Create, Update, Export, Import], Scope::Own)
        .grant(&[Entity::Contact, Entity::Cooperation, Entity::Interaction, Entity::Todo], &[Delete], Scope::Own)
        .grant(&[Entity::Customer, Entity::Contact, Entity::Case], &[Reveal], Scope::Own)
        .grant(&[Entity::SubjectRequest], &[Read, Create], Scope::Own)
        .grant(&[Entity::Compliance], &[Read], Scope::Own)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

fn service() -> Rights {
    Rights::colleague()
        .grant(&[Entity::Customer, Entity::Contact, Entity::Cooperation, Entity::Interaction], &[Read], Scope::All)
        .grant(&[Entity::Case], &[Read, Create, Update, Assign, Delete, Reveal], Scope::All)
        .grant(&[Entity::Customer, Entity::Contact], &[Reveal], Scope::All)
        .grant(&[Entity::Contact, Entity::Interaction], &[Create, Update], Scope::All)
        .grant(&[Entity::SubjectRequest], &[Read, Create], Scope::All)
        .grant(&[Entity::Interaction], &[Delete], Scope::Own)
        .grant(&[Entity::Todo], WRITE, Scope::Own)
        .grant(&[Entity::Duty], &[Read, Update], Scope::Own)
        .grant(&[Entity::Compliance], &[Read], Scope::Own)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

fn marketing() -> Rights {
    Rights::colleague()
        .grant(&[Entity::Customer, Entity::Contact, Entity::Cooperation, Entity::Interaction], &[Read], Scope::All)
        .grant(&[Entity::Customer], &[Export], Scope::All)
        .grant(&[Entity::Case], &[Read, Create, Update], Scope::Own)
        .grant(&[Entity::Todo], WRITE, Scope::Own)
        .grant(&[Entity::Duty], &[Read, Update], Scope::Own)
        .grant(&[Entity::Compliance], &[Read], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

fn auditor() -> Rights {
    Rights::colleague()
        .grant(Entity::ALL, &[Read], Scope::All)
        .grant(&[Entity::Audit, Entity::Compliance, Entity::Trace], &[Export], Scope::All)
        .of_class(FieldClass::Personal, FieldAccess::Masked)
        .of_class(FieldClass::Sensitive, FieldAccess::Hidden)
}

/// Tends the book. Grades it proposes as everybody does who may change a customer, and decides on none: what a customer is
/// worth to the company is judged by whoever answers for its business (R3-2.1). Sheets with other grades than the lowest
/// are therefore imported by a manager, or without the grades.
fn data_steward() -> Rights {
    let archive = [Entity::Customer, Entity::Contact, Entity::Cooperation];
    Rights::colleague()
        .grant(&archive, &[Read, Create, Update, Delete, Assign, Export, Import, Reveal], Scope::All)
        .grant(&[Entity::Customer], &[Manage], Scope::All)
        .grant(&[Entity::Interaction, Entity::Duty, Entity::Case], &[Read], Scope::All)
        .grant(&[Entity::Trace], &[Read, Export], Scope::All)
        .grant(&[Entity::SubjectRequest], &[Read, Create, Update, Export], Scope::All)
        .grant(&[Entity::Todo], WRITE, Scope::Own)
        .grant(&[Entity::Duty], &[Update], Scope::Own)
        .of_class(FieldClass::Personal, FieldAccess::Edit)
        .of_class(FieldClass::Sensitive, FieldAccess::Masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(rights: &Rights, action: Action, entity: Entity) -> bool {
        rights.permissions.get(&entity).is_some_and(|actions| actions.contains_key(&action))
    }

    #[test]
    fn who_runs_the_system_sees_no_customer() {
        let rights = administrator();
        for entity in CUSTOMER_WORK {
            assert!(Action::ALL.iter().all(|action| !may(&rights, *action, *entity)), "{entity:?}");
        }
        assert!(rights.fields.values().all(|access| *access == FieldAccess::Hidden));
    }

    #[test]
    fn each_of_the_three_does_one_duty_and_sees_no_customer() {
        for (key, duty) in [
            ("system_administrator", Duty::System),
            ("security_administrator", Duty::Security),
            ("audit_administrator", Duty::Audit),
        ] {
            let rights = (BUILTIN.iter().find(|builtin| builtin.key == key).expect("a role").rights)();
            assert_eq!(duties(&rights), BTreeSet::from([duty]), "{key}");
            assert!(
                CUSTOMER_WORK.iter().all(|entity| Action::ALL.iter().all(|action| !may(&rights, *action, *entity)))
            );
        }
        assert_eq!(duties(&administrator()).len(), 3);
        for others in
            [manager(), salesperson(), service(), marketing(), policy_keeper(), general_manager(), data_steward()]
        {
            assert_eq!(duties(&others), BTreeSet::new());
        }
        assert_eq!(duties(&auditor()), BTreeSet::from([Duty::Audit]));
    }

    #[test]
    fn the_auditor_reads_all_and_changes_no_customer() {
        let rights = auditor();
        assert!(Entity::ALL.iter().all(|entity| may(&rights, Read, *entity)));
        for action in [Create, Update, Delete, Reveal, Assign, Import, Approve, Manage] {
            assert!(CUSTOMER_WORK.iter().all(|entity| !may(&rights, action, *entity)), "{action:?}");
        }
    }

    #[test]
    fn departments_read_regulations_and_do_not_write_them() {
        for write in [Create, Update, Approve] {
            assert!(!may(&manager(), write, Entity::Policy), "{write:?}");
        }
        assert!(may(&manager(), Read, Entity::Policy));
        assert!(may(&policy_keeper(), Update, Entity::Policy) && !may(&policy_keeper(), Approve, Entity::Policy));
        assert!(may(&general_manager(), Approve, Entity::Policy));
    }

    #[test]
    fn whoever_tends_the_book_proposes_grades_and_decides_on_none() {
        assert!(may(&data_steward(), Update, Entity::Customer) && !may(&data_steward(), Approve, Entity::Customer));
        for decides in [manager(), general_manager()] {
            assert!(may(&decides, Approve, Entity::Customer));
        }
    }

    #[test]
    fn rights_are_stored_in_words() {
        let stored = serde_json::to_value(salesperson()).unwrap();
        assert_eq!(stored["permissions"]["customer"]["read"], "own");
        assert_eq!(stored["fields"]["customer.phone"], "masked");
        assert_eq!(serde_json::from_value::<Rights>(stored).unwrap(), salesperson());
    }
}
