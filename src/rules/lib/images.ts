/** Every image that a pod brings onto its node, with its place: those of its containers, and those that it mounts. */
import type { Container, Volume } from '../../core/pod-shape.ts';
import type { PodTemplate } from '../../core/pod-template.ts';
import { unknown } from '../../core/rule.ts';
import type { CheckResult, Violation } from '../../core/rule.ts';
import { containersOf } from '../../core/containers.ts';
import type { PlacedContainer } from '../../core/containers.ts';
import { parseImageReference } from './image-reference.ts';
import type { ImageReference } from './image-reference.ts';

/** Name and policy are read when they are asked for: whoever needs one of them may find the other malformed. */
export interface PlacedImage {
  /** `container "web"`, `volume "model"` */
  readonly user: string;
  /** `spec.containers[0].image`, `spec.volumes[1].image.reference` */
  readonly path: string;
  /** As written; undefined where a template leaves it to something else to fill in. */
  readonly name: string | undefined;
  /** `spec.containers[0].imagePullPolicy`, `spec.volumes[1].image.pullPolicy` */
  readonly pullPolicyPath: string;
  readonly pullPolicy: string | undefined;
}

/** Those of containers in the order of `containersOf`, then those of volumes. */
export function imagesOf(pod: PodTemplate): readonly PlacedImage[] {
  const images: PlacedImage[] = containersOf(pod).map((placed) => new ImageOfContainer(placed));
  for (const [index, volume] of pod.spec.volumes?.entries() ?? []) {
    if (volume.image !== undefined) images.push(new ImageOfVolume(volume.name, volume.image, index));
  }
  return images;
}

class ImageOfContainer implements PlacedImage {
  readonly #placed: PlacedContainer;

  constructor(placed: PlacedContainer) {
    this.#placed = placed;
  }

  get user(): string {
    return `container "${this.#placed.container.name}"`;
  }
  get path(): string {
    return `${this.#placed.path}.image`;
  }
  get name(): string | undefined {
    return this.#placed.container.image;
  }
  get pullPolicyPath(): string {
    return `${this.#placed.path}.imagePullPolicy`;
  }
  get pullPolicy(): string | undefined {
    return this.#placed.container.imagePullPolicy;
  }
}

class ImageOfVolume implements PlacedImage {
  readonly #volume: string;
  readonly #image: NonNullable<Volume['image']>;
  readonly #path: string;

  constructor(volume: string, image: NonNullable<Volume['image']>, index: number) {
    this.#volume = volume;
    this.#image = image;
    this.#path = `spec.volumes[${index}].image`;
  }

  get user(): string {
    return `volume "${this.#volume}"`;
  }
  get path(): string {
    return `${this.#path}.reference`;
  }
  get name(): string | undefined {
    return this.#image.reference;
  }
  get pullPolicyPath(): string {
    return `${this.#path}.pullPolicy`;
  }
  get pullPolicy(): string | undefined {
    return this.#image.pullPolicy;
  }
}

/**
 * Judges each image by what its name means. One without a name that a kubelet accepts runs nothing as it stands, but
 * somebody may complete it on its way into the cluster: then the verdict is `unknown`, unless another image fails.
 *
 * @param isGood asked first, of all images: nearly every pod passes, and of those nothing is made
 * @param describe says what is wrong with an image that is not, by its name as it is written, too
 */
export function judgeImages(
  pod: PodTemplate,
  isGood: (reference: ImageReference) => boolean,
  describe: (reference: ImageReference, image: PlacedImage, name: string) => Violation,
): CheckResult {
  if (everyImage(pod, isGood)) return [];
  const violations: Violation[] = [];
  let unreadable: string | undefined;
  for (const image of imagesOf(pod)) {
    const { name, user, path } = image;
    const reference = name === undefined ? undefined : parseImageReference(name);
    if (name === undefined || reference === undefined) {
      const problem = name === undefined ? 'is missing' : 'is no image that a kubelet accepts';
      unreadable ??= `${path} of ${user} ${problem}`;
    } else if (!isGood(reference)) {
      violations.push(describe(reference, image, name));
    }
  }
  return violations.length === 0 && unreadable !== undefined ? unknown(unreadable) : violations;
}

function everyImage({ spec }: PodTemplate, isGood: (reference: ImageReference) => boolean): boolean {
  const isGoodName = (name: string | undefined): boolean => {
    const reference = name === undefined ? undefined : parseImageReference(name);
    return reference !== undefined && isGood(reference);
  };
  const isGoodContainer = ({ image }: Container): boolean => isGoodName(image);
  const { initContainers, containers, ephemeralContainers, volumes } = spec;
  return (
    containers.every(isGoodContainer) &&
    (initContainers === undefined || initContainers.every(isGoodContainer)) &&
    (ephemeralContainers === undefined || ephemeralContainers.every(isGoodContainer)) &&
    (volumes === undefined || volumes.every(({ image }) => image === undefined || isGoodName(image.reference)))
  );
}
