using Toe.Adapters;

namespace Toe.Connections;

/// <summary>What binds a carrier to its adapter.</summary>
/// <param name="Adapter">The adapter.</param>
/// <param name="Life">The adapter's life when it was asked for the socket: the carrier ends with it, however well the adapter is afterwards.</param>
/// <param name="Socket">The adapter's socket.</param>
/// <param name="Events">The receiver of its events.</param>
/// <param name="Time">The stack's clock.</param>
internal sealed record AdapterBinding(SupervisedAdapter Adapter, AdapterLife Life, IToeAdapterSocket Socket, CarrierEvents Events, TimeProvider Time);
