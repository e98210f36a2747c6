using Terse.Codes;
using Terse.Links;

namespace Terse.Redirects;

/// <summary>
/// The link that L2 has under the code, or null. It may fail and take its time: the caller bounds both. It may be behind the store, never by more
/// than L2's TTL; what a change has overtaken is gone from it as soon as the change was told.
/// </summary>
/// <param name="isHot">The code is one of the hottest of this node, so that the mitigation of <see cref="RedirectOptions.HotKeys"/> applies.</param>
internal delegate ValueTask<Link?> ReadL2(ShortCode code, bool isHot);

/// <summary>Offers L2 what the store has just said. Never waits and never throws; L2 keeps it only over what is not newer.</summary>
internal delegate void OfferL2(Link link);
