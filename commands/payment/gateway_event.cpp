#include "commands/payment/gateway_event.hpp"

namespace payment {
namespace {

engine::Step authorization(const IngestGatewayEvent& event, AuthorizationOutcome outcome) {
  return engine::step(RecordAuthorization{
      .payment_id = event.payment_id,
      .key = event.key,
      .outcome = outcome,
      .gateway_ref = event.gateway_ref,
      .reason = event.reason,
      .action_url = event.action_url});
}

template <class Record>
engine::Step result(const IngestGatewayEvent& event, RequestOutcome outcome) {
  return engine::step(Record{
      .payment_id = event.payment_id,
      .key = event.key,
      .outcome = outcome,
      .reason = event.reason});
}

}  // namespace

GatewayEventDecider::Decision decide(const GatewayEvent& event, const IngestGatewayEvent& command) {
  GatewayEventAccepted accepted{
      .type = command.type,
      .payment_id = command.payment_id,
      .key = command.key,
      .gateway_ref = command.gateway_ref,
      .amount = command.amount,
      .reason = command.reason,
      .action_url = command.action_url,
      .occurred_at = command.occurred_at};
  if (!event.accepted) return accepted;
  if (*event.accepted == accepted) return kernel::nothing;
  return Rejection::duplicate_event;
}

std::vector<engine::Step> together(const GatewayEvent&, const IngestGatewayEvent& event) {
  switch (event.type) {
    case GatewayEventType::authorized:
      return {authorization(event, AuthorizationOutcome::authorized)};
    case GatewayEventType::declined:
      return {authorization(event, AuthorizationOutcome::declined)};
    case GatewayEventType::action_required:
      return {authorization(event, AuthorizationOutcome::action_required)};
    case GatewayEventType::captured:
      return {result<RecordCapture>(event, RequestOutcome::succeeded)};
    case GatewayEventType::voided:
      return {result<RecordVoid>(event, RequestOutcome::succeeded)};
    case GatewayEventType::refunded:
      return {result<RecordRefundResult>(event, RequestOutcome::succeeded)};
    case GatewayEventType::failed:
      break;
  }
  // Which kind of request the key is of, the payment knows; to the others there is nothing to do.
  return {
      result<RecordCapture>(event, RequestOutcome::failed),
      result<RecordVoid>(event, RequestOutcome::failed),
      result<RecordRefundResult>(event, RequestOutcome::failed)};
}

}  // namespace payment
