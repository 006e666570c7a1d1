#include "projections/smart_contract/deadlines.hpp"

namespace smart_contract {
namespace {

std::string key(const views::FactInfo& info, DeadlineKind kind, std::string_view subject) {
  auto key = std::string{info.id}.append("~").append(name_of(kind));
  if (!subject.empty()) key.append("~").append(subject);
  return key;
}

}  // namespace

void await(
    views::Tables& tables,
    const views::FactInfo& info,
    DeadlineKind kind,
    std::string_view subject,
    schemas::Time at) {
  DeadlineRow row{.contract_id = schemas::Id<"Agreement">{info.id}, .kind = kind, .at = at};
  if (!subject.empty()) row.subject_id = std::string{subject};
  tables.put(deadlines, key(info, kind, subject), info, row);
}

void met(
    views::Tables& tables,
    const views::FactInfo& info,
    DeadlineKind kind,
    std::string_view subject) {
  tables.erase(deadlines, key(info, kind, subject));
}

}  // namespace smart_contract
