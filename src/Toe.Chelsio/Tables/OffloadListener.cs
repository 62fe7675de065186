using System.Net;

namespace Toe.Chelsio.Tables;

/// <summary>One row of <c>/proc/net/offload/toeN/listeners</c>: a listening socket that has an entry in the card.</summary>
/// <param name="Stid">Its identifier on the card.</param>
/// <param name="Port">Its port.</param>
/// <param name="Address">The address it is bound to.</param>
internal readonly record struct OffloadListener(long Stid, int Port, IPAddress Address);
