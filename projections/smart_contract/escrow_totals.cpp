#include "projections/smart_contract/escrow_totals.hpp"

namespace smart_contract {
namespace {

using views::FactInfo;
using views::Tables;

template <class Change>
void edit(Tables& tables, const FactInfo& info, const std::string& currency_code, Change&& change) {
  auto row = tables.get(escrow_totals, currency_code)
                 .value_or(EscrowTotalRow{.currency_code = currency_code});
  change(row);
  row.held = row.funded - row.released - row.refunded;
  row.updated_at = info.at;
  tables.put(escrow_totals, currency_code, info, row);
}

void fund(Tables& tables, const FactInfo& info, const EscrowFunded& fact) {
  edit(tables, info, fact.currency_code, [&](auto& row) { row.funded += fact.amount; });
}

void settle(Tables& tables, const FactInfo& info, const MilestoneSettled& fact) {
  edit(tables, info, fact.currency_code, [&](EscrowTotalRow& row) {
    row.released += fact.released;
    row.fees += fact.fee;
    row.refunded += fact.refunded;
  });
}

}  // namespace

views::ViewType escrow_totals_view() {
  return views::Builder{"escrow_totals", 1}
      .table(escrow_totals)
      .fact(fund)
      .fact(settle)
      .whole()
      .build();
}

}  // namespace smart_contract
